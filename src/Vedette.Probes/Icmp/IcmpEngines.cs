using Vedette.Linux.Events;
using Vedette.Linux.Sockets;

namespace Vedette.Probes.Icmp;

/// <summary>The engines of both families and the one thread that sends and reads for them; nothing of it exists before its first use.</summary>
/// <param name="pingOnly">Does without raw sockets.</param>
internal sealed class IcmpEngines(bool pingOnly = false) : IAsyncDisposable
{
    private const int InboxSize = 16;
    private const int LargestPacket = 65536;

    // While many answers are awaited, those that come within this are read in one waking. It costs no accuracy: the kernel stamps each when it comes.
    private const int RestMilliseconds = 5;
    private const int Many = 4;

    private readonly Lock starting = new();
    private EpollThread? thread;
    private IcmpEngine? four;
    private IcmpEngine? six;

    public StreamIds Ids { get; } = new();

    /// <summary>The engine of a family, ready to send requests of these terms; null with the failure when it cannot.</summary>
    public IcmpEngine? Open(bool v6, EchoTerms terms, out Failure? failure)
    {
        failure = null;
        if (Volatile.Read(ref thread) is not null && (v6 ? six : four)!.IsOpen(terms)) return v6 ? six : four;
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
        var inbox = new ReceiveBatch(InboxSize, LargestPacket);
        (four, six) = (new(v6: false, inbox, pingOnly), new(v6: true, inbox, pingOnly));
        Volatile.Write(ref thread, EpollThread.Start("vedette-icmp", out var error, new Duty(Work, Rest, Abandon)));
        return thread is null ? IcmpFailures.Opening(error) : null;
    }

    private void Work()
    {
        four!.Work();
        six!.Work();
    }

    private int Rest() => four!.Awaited + six!.Awaited < Many ? 0 : RestMilliseconds;

    private void Abandon(Exception bug)
    {
        four!.Abandon(bug);
        six!.Abandon(bug);
    }
}
