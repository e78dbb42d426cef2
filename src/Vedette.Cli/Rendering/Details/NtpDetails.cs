using System.Text.Json;

namespace Vedette.Cli.Rendering.Details;

/// <summary>What a time server's answer says of the two clocks, in sentences.</summary>
internal static class NtpDetails
{
    public static IEnumerable<string> Lines(JsonElement details)
    {
        if (!details.TryGetProperty("offset", out var offset)) yield break;
        var (way, server) = (Number(details, "delay") / 2, Number(details, "rootDistance"));
        yield return $"clock here is {Apart(offset.GetDouble())}, give or take {Plain.Seconds(way + server)}: {Plain.Seconds(way)} for the way, {Plain.Seconds(server)} by the server's own account";
        yield return Server(details);
        var samples = details.GetProperty("samples");
        if (samples.GetArrayLength() < 2) yield break;
        foreach (var sample in samples.EnumerateArray()) yield return $"sample: {Apart(Number(sample, "offset"))}, round trip {Plain.Seconds(Number(sample, "delay"))}";
    }

    private static string Apart(double offset) => $"{Plain.Seconds(Math.Abs(offset))} {(offset < 0 ? "ahead of" : "behind")} the server";

    private static string Server(JsonElement details)
    {
        var age = details.TryGetProperty("referenceAge", out var seconds) ? $", last {Plain.Span(TimeSpan.FromSeconds(seconds.GetDouble()))} ago" : "";
        return $"server is at stratum {details.GetProperty("stratum")}, set by {details.GetProperty("referenceId")}{age}; {Leap(details.GetProperty("leap").GetInt32())}";
    }

    private static string Leap(int leap) => leap switch { 1 => "a leap second is to be added", 2 => "a leap second is to be left out", _ => "no leap second is announced" };

    private static double Number(JsonElement details, string name) => details.GetProperty(name).GetDouble();
}
