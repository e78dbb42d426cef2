using System.Text.Json;

namespace Vedette.Cli.Hub;

/// <summary>Reads the hub's stream over lost connections and restarts of the hub, each time from the event on that was read last.</summary>
/// <param name="hub">Whom to ask.</param>
/// <param name="id">The id of the only check that is meant; null for all.</param>
/// <param name="time">The clock of the pauses between attempts.</param>
internal abstract class Reconnecting(HubClient hub, string? id, TimeProvider time)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private string? lastEventId;
    private bool began;

    /// <summary>Whom to ask.</summary>
    protected HubClient Hub => hub;

    /// <summary>Goes on until a message is the last one.</summary>
    /// <exception cref="HubError">The hub cannot be asked in the first place, has no such check, or does not let this program in any more.</exception>
    protected async Task ReadAsync(CancellationToken cancellation)
    {
        for (var pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                using var stream = await hub.StreamAsync(id, lastEventId, cancellation);
                // Without an event to resume after, the stream begins now and the past is read beside it.
                if (lastEventId is null) await SynchroniseAsync(cancellation);
                began = true;
                await LiveAsync(cancellation);
                pause = ShortestPause;
                if (!await ReadAsync(stream, cancellation)) return;
                await LostAsync("the hub ended it", cancellation);
            }
            catch (Exception e) when (began && e is IOException or HubError { MayPass: true })
            {
                await LostAsync(HubClient.Why(e), cancellation);
            }
            catch (JsonException)
            {
                throw new HubError($"the hub at {hub.Name} sends what this program does not understand; use the program of its version", ExitCodes.Unavailable);
            }

            await Task.Delay(pause, time, cancellation);
        }
    }

    /// <summary>Reads how things stand, because what happened before is not in the stream.</summary>
    protected abstract Task SynchroniseAsync(CancellationToken cancellation);

    /// <summary>The connection is there, and what follows is new.</summary>
    protected abstract Task LiveAsync(CancellationToken cancellation);

    /// <summary>The connection is gone, or could not be made again, and is tried again.</summary>
    protected abstract Task LostAsync(string why, CancellationToken cancellation);

    /// <summary>Takes a message; false when it is the last one.</summary>
    protected abstract Task<bool> TakeAsync(StreamedEvent message, CancellationToken cancellation);

    // False when a message was the last one, true when the stream ended.
    private async Task<bool> ReadAsync(EventStream stream, CancellationToken cancellation)
    {
        while (await stream.NextAsync(cancellation) is { } message)
        {
            if (message.Kind == LiveEvents.Reset) await SynchroniseAsync(cancellation);
            else if (!await TakeAsync(message, cancellation)) return false;
            if (message.Id.Length > 0) lastEventId = message.Id;
        }

        return true;
    }
}
