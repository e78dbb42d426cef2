using System.Text.Json;

namespace Vedette.Cli.Rendering.Details;

/// <summary>How the last answer to a datagram began, in the escapes that <c>expect</c> takes.</summary>
internal static class UdpDetails
{
    public static IEnumerable<string> Lines(JsonElement details)
    {
        if (!details.TryGetProperty("reply", out var reply)) yield break;
        var more = details.TryGetProperty("leftOut", out var leftOut) ? $" and {leftOut} more bytes" : "";
        yield return $"reply '{reply}'{more}";
    }
}
