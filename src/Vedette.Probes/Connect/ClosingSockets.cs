using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;

namespace Vedette.Probes.Connect;

/// <summary>
/// Ends connections so that the peer sees an end and not a reset: says that nothing more comes (FIN), and takes in what the peer still says, until
/// it ends too. A socket that is closed before that answers every further byte by a reset, as it does when it holds bytes that were not read (RFC 9293
/// section 3.6.1), and servers that greet first log it. This happens after the run, for all sockets together a few times a second. A destination that
/// ended without a word when nothing was said to it is closed at once for a minute, which costs less and looks the same to it.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="mostClosing">So many may wait for their peers; those beyond are closed at once.</param>
/// <param name="mostHeld">So many ports may be held towards one destination; connections beyond are reset, which holds none.</param>
internal sealed class ClosingSockets(TimeProvider time, int mostClosing = ClosingSockets.MostClosing, int? mostHeld = null) : IAsyncDisposable
{
    /// <summary>What is taken in of one connection at most, in bytes.</summary>
    public const int MostRead = 64 * 1024;

    private const int MostClosing = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);

    // Nobody waits long for a program that has said all. A greeting that is on its way comes within this.
    private static readonly TimeSpan PatienceAtEnd = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan StepAtEnd = TimeSpan.FromMilliseconds(5);

    private static readonly Counter<long> Crowded = Telemetry.Meter.CreateCounter<long>("vedette.probes.crowded_closings", "{connection}", "Connections that were closed without waiting for the peer, because too many waited already.");
    private static readonly Counter<long> Resets = Telemetry.Meter.CreateCounter<long>("vedette.probes.reset_connections", "{connection}", "Connections that were reset rather than closed, because too many local ports were held towards their destination.");

    // Nobody reads what is taken in, so all may write it to one place.
    private static readonly byte[] Waste = GC.AllocateUninitializedArray<byte>(MostRead);

    private readonly Destinations destinations = new(mostHeld ?? Destinations.HalfOfAll, time);
    private readonly Lock gate = new();
    private List<Closing> waiting = [];
    private List<Closing> visited = [];
    private ITimer? timer;
    private bool over;

    private readonly record struct Closing(Socket Socket, IPEndPoint To, long Since, int Read, bool Quiet);

    /// <summary>Takes a connection that nobody uses any more.</summary>
    /// <param name="socket">Is closed sooner or later.</param>
    /// <param name="to">Where it leads.</param>
    /// <param name="spoken">Whether anything was said on it: what the peer has to say depends on it.</param>
    public void Close(Socket socket, IPEndPoint to, bool spoken)
    {
        socket.Blocking = false;
        if (Listen(new Closing(socket, to, time.GetTimestamp(), 0, Quiet: false)) is not { } closing) return;
        closing = closing with { Quiet = !spoken && closing.Read == 0 };
        if (!destinations.TryHold(to, out var silent))
        {
            Resets.Add(1);
            socket.Close(timeout: 0);
        }
        else if ((silent && closing.Quiet) || !TryFinish(socket) || !TryAdd(closing))
        {
            socket.Dispose();
        }
    }

    /// <summary>Gives the peers that have not ended yet a last moment.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate) over = true;
        if (timer is not null) await timer.DisposeAsync();
        for (var start = time.GetTimestamp(); Visit() > 0 && time.GetElapsedTime(start) < PatienceAtEnd;) await Task.Delay(StepAtEnd, time);
        foreach (var closing in waiting) closing.Socket.Dispose();
        waiting.Clear();
    }

    private static bool TryFinish(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
            return true;
        }
        catch (SocketException)
        {
            // The peer has reset it since: there is nobody to tell.
            return false;
        }
    }

    private bool TryAdd(Closing closing)
    {
        lock (gate)
        {
            if (over) return false;
            if (waiting.Count + visited.Count < mostClosing)
            {
                waiting.Add(closing);
                timer ??= time.CreateTimer(_ => VisitAgain(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                if (waiting.Count + visited.Count == 1) timer.Change(Step, Timeout.InfiniteTimeSpan);
                return true;
            }
        }

        Crowded.Add(1);
        return false;
    }

    private void VisitAgain()
    {
        if (Visit() == 0) return;
        lock (gate)
            if (!over) timer!.Change(Step, Timeout.InfiniteTimeSpan);
    }

    // Listens to every socket once; how many still wait.
    private int Visit()
    {
        lock (gate) (waiting, visited) = (visited, waiting);
        var kept = 0;
        for (var i = 0; i < visited.Count; i++)
            if (Listen(visited[i]) is { } closing) visited[kept++] = closing;
        lock (gate)
        {
            visited.RemoveRange(kept, visited.Count - kept);
            waiting.AddRange(visited);
            visited.Clear();
            return waiting.Count;
        }
    }

    // Takes in what is there. A connection that has ended, or has said or waited enough, is closed and gone.
    private Closing? Listen(Closing closing)
    {
        while (closing.Read < MostRead)
        {
            var read = closing.Socket.Receive(Waste, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                if (time.GetElapsedTime(closing.Since) < Patience) return closing;
                break;
            }

            if (error == SocketError.Success && read == 0 && closing.Quiet) destinations.NoteSilence(closing.To);
            if (error != SocketError.Success || read == 0) break;
            closing = closing with { Read = closing.Read + read, Quiet = false };
        }

        closing.Socket.Dispose();
        return null;
    }
}
