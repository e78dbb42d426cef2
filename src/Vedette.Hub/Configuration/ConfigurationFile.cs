using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vedette.Hub.Configuration;

/// <summary>A configuration file in YAML or JSON as it was read, with everything that is wrong with it. Secrets it refers to are taken by who reads it.</summary>
public sealed class ConfigurationFile
{
    private const int Largest = 16 << 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly PlacedProblems problems;
    private readonly SecretSource secrets;

    private ConfigurationFile(string name, SecretSource secrets) => (problems, this.secrets) = (new PlacedProblems(name), secrets);

    /// <summary>The document as the API takes it; empty when it could not be read.</summary>
    public ReadOnlyMemory<byte> Json { get; private set; } = "{}"u8.ToArray();

    /// <summary>One line a problem, <c>FILE:LINE:COLUMN: PATH: sentence</c>, in the order of the file; empty when it will do, or may do for a hub that applies it.</summary>
    public IReadOnlyList<string> Problems => problems.Lines();

    /// <summary>What the document says.</summary>
    internal ConfigurationDocument Document { get; private set; } = new(null, null);

    /// <summary>The files whose content went into it.</summary>
    internal IReadOnlyCollection<string> SecretFiles => secrets.Files;

    /// <summary>Reads a file; relative paths in it begin where it is.</summary>
    /// <param name="path">Where it is, as it is named in problems.</param>
    /// <param name="catalogue">The kinds its checks may be of.</param>
    /// <param name="isOfHub">Whether a hub reads it for itself, which alone may be told what to keep.</param>
    public static ConfigurationFile Read(string path, Catalogue catalogue, bool isOfHub)
    {
        var (content, problem) = BoundedFile.Read(path, Largest);
        return Of(path, content, problem, Path.GetDirectoryName(Path.GetFullPath(path))!, catalogue, isOfHub);
    }

    /// <summary>Reads what is open, such as standard input; relative paths in it begin in a directory.</summary>
    public static ConfigurationFile Read(string name, Stream stream, string directory, Catalogue catalogue)
    {
        var (content, problem) = BoundedFile.Read(stream, Largest);
        return Of(name, content, problem, directory, catalogue, isOfHub: false);
    }

    /// <summary>Whether a problem of that path is one of this file.</summary>
    public bool Knows(string path) => path == ConfigurationDocument.ChecksKey || (path.Length > 0 && problems.Knows(path));

    /// <summary>What is wrong with it by the word of others, who know only the document: as <see cref="Problems"/>.</summary>
    public IReadOnlyList<string> Place(IEnumerable<Problem> found)
    {
        problems.Add(found);
        return problems.Lines();
    }

    private static ConfigurationFile Of(string name, byte[]? content, string? problem, string directory, Catalogue catalogue, bool isOfHub)
    {
        var file = new ConfigurationFile(name, new SecretSource(directory));
        if (content is null) file.problems.Add(new Mark(1, 1), "", problem!);
        else if (file.Decode(content) is { } text && new NodeReader(file.problems).Read(text) is { } root) file.Take(root, catalogue, isOfHub);
        return file;
    }

    // UTF-8, with or without its mark at the beginning. What is no character of YAML (1.2.2 section 5.1) is none of JSON either.
    private string? Decode(byte[] content)
    {
        ReadOnlySpan<byte> bytes = content;
        if (bytes.StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[Encoding.UTF8.Preamble.Length..];
        try
        {
            var text = Strict.GetString(bytes);
            var control = text.AsSpan().IndexOfAny(ControlCharacters);
            if (control < 0) return text;
            var before = text.AsSpan(0, control);
            problems.Add(new Mark(before.Count('\n') + 1, control - before.LastIndexOf('\n')), "", $"holds the control character U+{(int)text[control]:X4}; write it as \\x{(int)text[control]:x2} in double quotes");
        }
        catch (DecoderFallbackException)
        {
            problems.Add(new Mark(1, 1), "", "is not text in UTF-8");
        }

        return null;
    }

    private void Take(Node root, Catalogue catalogue, bool isOfHub)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true })) new NodeJson(writer, secrets, problems).Write(root);
        Json = json.WrittenMemory;
        using var parsed = JsonDocument.Parse(Json);
        var found = new Problems();
        Document = ConfigurationDocument.Read(parsed.RootElement, found);
        // The hub judges its own file when it applies it, which one that has problems already does not come to.
        if (!isOfHub || !found.None || !problems.None) new EntryRules(catalogue).Validate(Document, found);
        if (!isOfHub) Document.RefuseStorage(found);
        problems.Add(found.Found);
    }

    private static readonly SearchValues<char> ControlCharacters = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (char)c).Where(c => c is not ('\t' or '\n' or '\r')), '\x7F']);
}
