using Vedette.Linux.Events;
using Vedette.Linux.Sockets;

namespace Vedette.Probes.Icmp;

/// <summary>The engines of both families and the one thread that reads for them; nothing of it exists before its first use.</summary>
/// <param name="pingOnly">Does without raw sockets.</param>
internal sealed class IcmpEngines(bool pingOnly = false) : IAsyncDisposable
{
    private const int InboxSize = 16;
    private const int LargestPacket = 65536;

    private readonly Lock starting = new();
    private EpollThread? thread;
    private IcmpEngine? four;
    private IcmpEngine? six;

    public StreamIds Ids { get; } = new();

    /// <summary>The engine of a family, ready to send requests of these terms; null with the failure when it cannot.</summary>
    public IcmpEngine? Open(bool v6, EchoTerms terms, out Failure? failure)
    {
        lock (starting)
        {
            failure = Start();
            if (failure is not null) return null;
            var engine = v6 ? six! : four!;
            failure = engine.Open(thread!, terms);
            return failure is null ? engine : null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (thread is null) return;
        await thread.DisposeAsync();
        four?.Dispose();
        six?.Dispose();
    }

    private Failure? Start()
    {
        if (thread is not null) return null;
        thread = EpollThread.Start("vedette-icmp", out var error);
        if (thread is null) return IcmpFailures.Opening(error);
        var inbox = new ReceiveBatch(InboxSize, LargestPacket);
        (four, six) = (new(v6: false, inbox, pingOnly), new(v6: true, inbox, pingOnly));
        return null;
    }
}
