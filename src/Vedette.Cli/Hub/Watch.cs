using System.Text.Json;
using System.Threading.Channels;

namespace Vedette.Cli.Hub;

/// <summary>Watches all checks over lost connections and restarts of the hub.</summary>
/// <param name="hub">Whom to ask.</param>
/// <param name="events">Takes what happens. While it is full nothing is read, and a hub that is held up for too long tells to start over.</param>
/// <param name="time">The clock of the pauses between attempts.</param>
internal sealed class Watch(HubClient hub, ChannelWriter<HubEvent> events, TimeProvider time) : Reconnecting(hub, id: null, time)
{
    /// <summary>Goes on until it is cancelled.</summary>
    /// <exception cref="HubError">The hub cannot be asked in the first place, or does not let this program in any more.</exception>
    public Task RunAsync(CancellationToken cancellation) => ReadAsync(cancellation);

    /// <inheritdoc/>
    protected override async Task SynchroniseAsync(CancellationToken cancellation) =>
        await events.WriteAsync(new HubEvent.Synchronised(await Hub.ChecksAsync(cancellation)), cancellation);

    /// <inheritdoc/>
    protected override Task LiveAsync(CancellationToken cancellation) => events.WriteAsync(new HubEvent.Live(), cancellation).AsTask();

    /// <inheritdoc/>
    protected override Task LostAsync(string why, CancellationToken cancellation) => events.WriteAsync(new HubEvent.Lost(why), cancellation).AsTask();

    /// <inheritdoc/>
    protected override async Task<bool> TakeAsync(StreamedEvent message, CancellationToken cancellation)
    {
        if (Read(message) is { } happened) await events.WriteAsync(happened, cancellation);
        return true;
    }

    private static HubEvent? Read(StreamedEvent message) => message.Kind switch
    {
        LiveEvents.Result when JsonSerializer.Deserialize(message.Data, ApiJson.Readable.Result) is { } result => new HubEvent.Ran(result),
        LiveEvents.Check when JsonSerializer.Deserialize(message.Data, ApiJson.Readable.WatchedCheck) is { } watched => new HubEvent.Changed(watched),
        LiveEvents.Removed when JsonSerializer.Deserialize(message.Data, ApiJson.Readable.RemovedCheck) is { } removed => new HubEvent.Removed(removed.Id),
        _ => null,
    };
}
