using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Vedette.State.Sqlite;

namespace Vedette.Hub.Http;

/// <summary>The secret that opens the API, in a file that only the owner of the data can read.</summary>
internal sealed class AdminToken
{
    /// <summary>Its name in the data directory.</summary>
    public const string FileName = "admin.token";

    private const int SecretBytes = 32;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly byte[] hash;

    private AdminToken(string value)
    {
        Value = value;
        hash = Hash(value);
    }

    public string Value { get; }

    /// <summary>Reads it, or makes it at the first start.</summary>
    public static AdminToken LoadOrMake(string directory)
    {
        var path = Path.Combine(directory, FileName);
        try
        {
            return new(Read(path) ?? Make(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StateException($"{path} cannot be read or written: {e.Message}; change its owner or remove it", e);
        }
    }

    /// <summary>Whether an Authorization header carries it, compared in constant time.</summary>
    public bool Opens(string? authorization) =>
        authorization is not null && authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(Hash(authorization["Bearer ".Length..].Trim()), hash);

    private static string? Read(string path)
    {
        if (!File.Exists(path)) return null;
        using var file = File.OpenRead(path);
        // Copied or restored, it may have the rights of any file.
        if ((File.GetUnixFileMode(file.SafeFileHandle) & ~Private) != UnixFileMode.None) File.SetUnixFileMode(file.SafeFileHandle, Private);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd().Trim() is { Length: > 0 } kept ? kept : null;
    }

    // Made beside its place and moved there: never there in part, never in a file or behind a link that somebody else has laid out.
    private static string Make(string path)
    {
        var made = "vedette_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var beside = path + ".new";
        File.Delete(beside);
        using (var file = new FileStream(beside, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Private }))
        {
            file.Write(Encoding.ASCII.GetBytes(made + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
        return made;
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
