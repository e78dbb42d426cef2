using System.Text.Json;
using Vedette;

namespace Soak;

/// <summary>Reads the stream of events of a running hub and notes every result it tells.</summary>
internal static class Follower
{
    private const string Event = "event: ";
    private const string Data = "data: ";

    /// <summary>Follows until the hub is gone or the follower is told to stop.</summary>
    public static async Task FollowAsync(HttpClient api, Ledger ledger, CancellationToken stop)
    {
        try
        {
            using var lines = new StreamReader(await api.GetStreamAsync(new Uri("api/v1/stream", UriKind.Relative), stop));
            var kind = "";
            while (await lines.ReadLineAsync(stop) is { } line)
            {
                if (line.StartsWith(Event, StringComparison.Ordinal)) kind = line[Event.Length..];
                else if (line.StartsWith(Data, StringComparison.Ordinal) && kind == LiveEvents.Result) Tell(line[Data.Length..], ledger);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return;
        }
    }

    private static void Tell(string json, Ledger ledger)
    {
        var result = JsonSerializer.Deserialize(json, ApiJson.Readable.Result)!;
        ledger.Tell(result.Epoch!, result.Seq);
    }
}
