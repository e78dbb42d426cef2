using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Vedette.Linux.Sockets;

namespace Vedette.Linux.Events;

/// <summary>What a socket is ready for.</summary>
[Flags]
public enum Readiness
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>EPOLLIN: there is something to read.</summary>
    Readable = 1,

    /// <summary>EPOLLOUT: there is room to write.</summary>
    Writable = 4,

    /// <summary>EPOLLERR: an error waits, or the error queue holds something.</summary>
    Failed = 8,
}

/// <summary>
/// One thread that waits on sockets and calls back what they are ready for. It sleeps in the kernel without a timeout: while nothing arrives it
/// costs nothing. A callback that throws is told to whoever watches that socket, and the thread goes on.
/// </summary>
public sealed class EpollThread : IAsyncDisposable
{
    private const int Add = 1;
    private const int Modify = 3;
    private const int CloseOnExec = 0x80000;
    private const int MostEvents = 8;

    // struct epoll_event is packed on x64 alone (linux/eventpoll.h), so the data follows the four bytes of events there, and an alignment gap elsewhere.
    private static readonly bool Packed = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int DataOffset = Packed ? 4 : 8;
    private static readonly int EventSize = Packed ? 12 : 16;

    private readonly ConcurrentDictionary<int, Watcher> watchers = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FileDescriptor epoll;
    private readonly FileDescriptor stop;

    private EpollThread(FileDescriptor epoll, FileDescriptor stop) => (this.epoll, this.stop) = (epoll, stop);

    /// <summary>Starts one; null with the reason when the process may open no more files.</summary>
    /// <param name="name">The thread's name.</param>
    /// <param name="error">Why there is none.</param>
    public static EpollThread? Start(string name, out Errno error)
    {
        var made = new EpollThread(Libc.EpollCreate(CloseOnExec), Libc.EventFile(0, CloseOnExec));
        error = made.epoll.IsInvalid || made.stop.IsInvalid ? Libc.LastError : made.Control(Add, made.stop.Number, Readiness.Readable);
        if (error != Errno.None)
        {
            made.Close();
            return null;
        }

        new Thread(made.Loop) { IsBackground = true, Name = name }.Start();
        return made;
    }

    /// <summary>Watches a socket until it is closed.</summary>
    /// <param name="socket">What to watch.</param>
    /// <param name="ready">Called on this thread; must not block.</param>
    /// <param name="faulted">Called on this thread with what <paramref name="ready"/> threw; must not throw.</param>
    public Errno Watch(IcmpSocket socket, Action<Readiness> ready, Action<Exception> faulted)
    {
        watchers[socket.File.Number] = new(ready, faulted);
        return Control(Add, socket.File.Number, Readiness.Readable);
    }

    /// <summary>Also calls back, from now on or no longer, when a watched socket has room to write.</summary>
    public Errno WatchRoom(IcmpSocket socket, bool wanted) =>
        Control(Modify, socket.File.Number, wanted ? Readiness.Readable | Readiness.Writable : Readiness.Readable);

    /// <summary>Ends the thread and waits for it.</summary>
    public async ValueTask DisposeAsync()
    {
        Wake(stop);
        await ended.Task;
        Close();
    }

    private static unsafe void Wake(FileDescriptor eventFile)
    {
        var one = 1UL;
        _ = Libc.Write(eventFile, &one, sizeof(ulong));
    }

    private void Close()
    {
        epoll.Dispose();
        stop.Dispose();
    }

    private unsafe Errno Control(int operation, int file, Readiness interest)
    {
        var entry = stackalloc byte[EventSize];
        *(uint*)entry = (uint)interest;
        *(long*)(entry + DataOffset) = file;
        return Libc.EpollControl(epoll, operation, file, entry) < 0 ? Libc.LastError : Errno.None;
    }

    private unsafe void Loop()
    {
        var events = stackalloc byte[MostEvents * EventSize];
        while (true)
        {
            var count = Libc.EpollWait(epoll, events, MostEvents, -1);
            if (count < 0 && Libc.LastError is var error and not Errno.Interrupted)
            {
                Collapse(error);
                return;
            }

            for (var i = 0; i < count; i++)
            {
                var entry = events + (i * EventSize);
                var file = (int)*(long*)(entry + DataOffset);
                if (file != stop.Number) Call(file, (Readiness)(*(uint*)entry));
                else
                {
                    ended.SetResult();
                    return;
                }
            }
        }
    }

    // Only a bug closes what the thread waits on; nobody may wait for a callback that no longer comes.
    private void Collapse(Errno error)
    {
        foreach (var watcher in watchers.Values) watcher.Faulted(new InvalidOperationException($"waiting for sockets failed: {error}"));
        ended.SetResult();
    }

    private void Call(int file, Readiness readiness)
    {
        if (!watchers.TryGetValue(file, out var watcher)) return;
        try
        {
            watcher.Ready(readiness);
        }
        catch (Exception bug)
        {
            watcher.Faulted(bug);
        }
    }

    private readonly record struct Watcher(Action<Readiness> Ready, Action<Exception> Faulted);
}
