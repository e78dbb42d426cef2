using Vedette.Linux.Events;
using Vedette.Linux.Sockets;

namespace Vedette.Probes.Icmp;

/// <summary>The engines of both families and the one thread that sends and reads for them; nothing of it exists before its first use.</summary>
/// <param name="pingOnly">Does without raw sockets.</param>
internal sealed class IcmpEngines(bool pingOnly = false) : IAsyncDisposable
{
    private const int InboxSize = 32;
    private const int LargestPacket = 65536;

    // While many answers are awaited, those that come within this are read in one waking. It costs no accuracy: the kernel stamps each when it comes.
    private const int RestMilliseconds = 5;
    private const int Many = 4;

    // Runs that start together come here one by one; those within this go out together while there are so many. Each is stamped when it goes out.
    private const int GatherMilliseconds = 1;
    private static readonly TimeSpan Recent = TimeSpan.FromMilliseconds(100);

    private readonly Lock starting = new();
    private readonly TimeProvider time = TimeProvider.System;
    private EpollThread? thread;
    private IcmpEngine? four;
    private IcmpEngine? six;
    private int sent;
    private long gathered;

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
        Volatile.Write(ref thread, EpollThread.Start("vedette-icmp", out var error, new Duty(Work, Gather, Rest, Abandon)));
        return thread is null ? IcmpFailures.Opening(error) : null;
    }

    private void Work() => sent += four!.Work() + six!.Work();

    // By what was sent since it was woken the last time.
    private int Gather()
    {
        var now = time.GetTimestamp();
        var many = sent >= Many && time.GetElapsedTime(gathered, now) < Recent;
        (sent, gathered) = (0, now);
        return many ? GatherMilliseconds : 0;
    }

    private int Rest() => four!.Awaited + six!.Awaited < Many ? 0 : RestMilliseconds;

    private void Abandon(Exception bug)
    {
        four!.Abandon(bug);
        six!.Abandon(bug);
    }
}
