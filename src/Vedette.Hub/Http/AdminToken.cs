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
            if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } kept) return new(kept);
            var made = "vedette_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
            using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
            file.Write(Encoding.ASCII.GetBytes(made + "\n"));
            file.Flush(flushToDisk: true);
            return new(made);
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

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
