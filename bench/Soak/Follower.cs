using System.Text.Json;
using Vedette;

namespace Soak;

/// <summary>Reads the stream of events of a running hub and notes every result it tells of what the oracle is.</summary>
internal sealed class Follower(Oracle oracle, Ledger ledger)
{
    private const string Event = "event: ";
    private const string Data = "data: ";

    private readonly HashSet<string> checks = [.. oracle.All.Select(watched => watched.Check)];

    /// <summary>Follows until the hub is gone or the follower is told to stop.</summary>
    public async Task FollowAsync(HttpClient api, CancellationToken stop)
    {
        try
        {
            using var lines = new StreamReader(await api.GetStreamAsync(new Uri("api/v1/stream", UriKind.Relative), stop));
            var kind = "";
            while (await lines.ReadLineAsync(stop) is { } line)
            {
                if (line.StartsWith(Event, StringComparison.Ordinal)) kind = line[Event.Length..];
                else if (line.StartsWith(Data, StringComparison.Ordinal) && kind == LiveEvents.Result) Tell(line[Data.Length..]);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return;
        }
    }

    // Vedette also watches what it finds at its first start.
    private void Tell(string json)
    {
        var result = JsonSerializer.Deserialize(json, ApiJson.Readable.Result)!;
        if (checks.Contains(result.Check)) ledger.Tell(result.Epoch!, result.Seq);
    }
}
