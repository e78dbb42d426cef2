using System.Text.Json;
using System.Threading.Channels;

namespace Vedette.Cli.Hub;

/// <summary>Watches all checks over lost connections and restarts of the hub.</summary>
/// <param name="hub">Whom to ask.</param>
/// <param name="events">Takes what happens. While it is full nothing is read, and a hub that is held up for too long tells to start over.</param>
/// <param name="time">The clock of the pauses between attempts.</param>
internal sealed class Watch(HubClient hub, ChannelWriter<HubEvent> events, TimeProvider time)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private string? lastEventId;
    private bool knows;

    /// <summary>Goes on until it is cancelled.</summary>
    /// <exception cref="HubError">The hub cannot be asked in the first place, or does not let this program in any more.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var pause = ShortestPause;
        while (true)
        {
            try
            {
                using var stream = await hub.StreamAsync(null, lastEventId, cancellation);
                // Without an event to resume after, the stream begins now and what was before it is read beside it.
                if (lastEventId is null) await SynchroniseAsync(cancellation);
                await events.WriteAsync(new HubEvent.Live(), cancellation);
                pause = ShortestPause;
                await ReadAsync(stream, cancellation);
                await events.WriteAsync(new HubEvent.Lost("the hub ended it"), cancellation);
            }
            catch (Exception e) when (knows && e is IOException or HubError { MayPass: true })
            {
                await events.WriteAsync(new HubEvent.Lost(HubClient.Why(e)), cancellation);
            }
            catch (JsonException)
            {
                throw new HubError($"the hub at {hub.Name} sends what this program does not understand; use the program of its version", ExitCodes.Unavailable);
            }

            await Task.Delay(pause, time, cancellation);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task ReadAsync(EventStream stream, CancellationToken cancellation)
    {
        while (await stream.NextAsync(cancellation) is { } message)
        {
            if (message.Kind == LiveEvents.Reset) await SynchroniseAsync(cancellation);
            else if (Read(message) is { } happened) await events.WriteAsync(happened, cancellation);
            if (message.Id.Length > 0) lastEventId = message.Id;
        }
    }

    private static HubEvent? Read(StreamedEvent message) => message.Kind switch
    {
        LiveEvents.Result when JsonSerializer.Deserialize(message.Data, ApiJson.Readable.Result) is { } result => new HubEvent.Ran(result),
        LiveEvents.Check when JsonSerializer.Deserialize(message.Data, ApiJson.Readable.WatchedCheck) is { } watched => new HubEvent.Changed(watched),
        LiveEvents.Removed when JsonSerializer.Deserialize(message.Data, ApiJson.Readable.RemovedCheck) is { } removed => new HubEvent.Removed(removed.Id),
        _ => null,
    };

    private async Task SynchroniseAsync(CancellationToken cancellation)
    {
        await events.WriteAsync(new HubEvent.Synchronised(await hub.ChecksAsync(cancellation)), cancellation);
        knows = true;
    }
}
