using System.Text.Json;

namespace Vedette.Hub.Checks;

/// <summary>How large a check may be.</summary>
internal static class CheckSize
{
    // A check travels to agents in one frame of their session; a larger one would never arrive.
    private const int Largest = 256 << 10;

    /// <summary>What is wrong with its size, or null.</summary>
    public static string? Problem(Check check) => JsonSerializer.SerializeToUtf8Bytes(check, ApiJson.Readable.Check).Length > Largest
        ? $"the check is larger than {Largest} bytes; give it less text"
        : null;
}
