using System.Text;

namespace Vedette.Hub.Configuration;

/// <summary>Takes values from where a configuration says that they are: files and environment variables of the process that reads it.</summary>
/// <param name="directory">Where relative paths begin.</param>
internal sealed class SecretSource(string directory)
{
    public const string Environment = "env";
    public const string File = "file";

    private const int Largest = 64 << 10;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly HashSet<string> files = [];

    /// <summary>The files that were asked for, whether they were there or not.</summary>
    public IReadOnlyCollection<string> Files => files;

    /// <summary>The value, or why there is none.</summary>
    /// <param name="from"><see cref="Environment"/> or <see cref="File"/>.</param>
    /// <param name="name">The variable or the path.</param>
    public (string? Value, string? Problem) Take(string from, string name) => from == Environment ? OfEnvironment(name) : OfFile(name);

    private static (string?, string?) OfEnvironment(string name) => System.Environment.GetEnvironmentVariable(name) is { } value
        ? (value, null)
        : (null, $"there is no environment variable '{name}'; set it for the process that reads this file");

    private (string?, string?) OfFile(string name)
    {
        var path = Path.GetFullPath(name, directory);
        files.Add(path);
        var (content, problem) = BoundedFile.Read(path, Largest);
        if (content is null) return (null, $"the file '{name}' {problem}");
        try
        {
            var text = Strict.GetString(content);
            return (text.EndsWith('\n') ? text[..^(text.EndsWith("\r\n", StringComparison.Ordinal) ? 2 : 1)] : text, null);
        }
        catch (DecoderFallbackException)
        {
            return (null, $"the file '{name}' is not text in UTF-8");
        }
    }
}
