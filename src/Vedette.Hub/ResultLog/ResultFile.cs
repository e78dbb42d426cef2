using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vedette.Hub.ResultLog;

/// <summary>What names a result in a line of a result log.</summary>
internal sealed record ResultName(string Agent, string Epoch, ulong Seq);

/// <summary>Reads only the names out of lines.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ResultName))]
internal sealed partial class ResultNameJson : JsonSerializerContext;

/// <summary>The readable log of one check: <c>ID.jsonl</c>, and <c>ID.jsonl.1</c> before it, one JSON object a line.</summary>
internal sealed class ResultFile(string directory, string id)
{
    private const long Largest = 10 << 20;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>How the newer file's name ends.</summary>
    public const string Extension = ".jsonl";

    private readonly string path = Path.Combine(directory, id + Extension);

    private string OlderPath => path + ".1";

    /// <summary>Adds whole lines; a file that would grow too large becomes the older one first.</summary>
    public void Append(ReadOnlySpan<byte> lines)
    {
        var file = Open();
        try
        {
            if (file.Length > 0 && file.Length + lines.Length > Largest)
            {
                file.Dispose();
                File.Move(path, OlderPath, overwrite: true);
                file = Open();
            }

            file.Seek(0, SeekOrigin.End);
            file.Write(lines);
        }
        finally
        {
            file.Dispose();
        }
    }

    /// <summary>Cuts off a last line that was not written to its end.</summary>
    public void Mend()
    {
        if (!File.Exists(path)) return;
        using var file = Open();
        var buffer = new byte[4096];
        var end = file.Length;
        while (end > 0)
        {
            var start = Math.Max(0, end - buffer.Length);
            var part = buffer.AsSpan(0, (int)(end - start));
            file.Seek(start, SeekOrigin.Begin);
            file.ReadExactly(part);
            var newline = part.LastIndexOf((byte)'\n');
            end = newline < 0 ? start : start + newline + 1;
            if (newline >= 0) break;
        }

        if (end < file.Length) file.SetLength(end);
    }

    /// <summary>The names in the whole lines among the last bytes of both files.</summary>
    public HashSet<ResultName> Names(long lastBytes)
    {
        var names = new HashSet<ResultName>();
        AddNames(names, OlderPath, lastBytes - AddNames(names, path, lastBytes));
        return names;
    }

    /// <summary>Deletes both files.</summary>
    public void Delete()
    {
        File.Delete(path);
        File.Delete(OlderPath);
    }

    private static long AddNames(HashSet<ResultName> names, string path, long lastBytes)
    {
        if (lastBytes <= 0 || !File.Exists(path)) return 0;
        using var file = File.OpenRead(path);
        var length = Math.Min(lastBytes, file.Length);
        file.Seek(-length, SeekOrigin.End);
        var rest = new byte[length];
        file.ReadExactly(rest);
        foreach (var line in rest.AsSpan().Split((byte)'\n'))
            if (Name(rest.AsSpan(line)) is { } name) names.Add(name);
        return length;
    }

    // The first line may have been cut by the number of bytes; then it is no JSON and no loss: what is looked for fits in whole lines.
    private static ResultName? Name(ReadOnlySpan<byte> line)
    {
        try
        {
            return line.IsEmpty ? null : JsonSerializer.Deserialize(line, ResultNameJson.Default.ResultName);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private FileStream Open() =>
        new(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0, UnixCreateMode = Private });
}
