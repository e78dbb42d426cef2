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
    private const int NonBlocking = 0x800;
    private const int MostEvents = 8;

    // Whether the thread sleeps or watches, is at work, or has been asked to work since it began to.
    private const int Idle = 0;
    private const int Working = 1;
    private const int Asked = 2;

    // struct epoll_event is packed on x64 alone (linux/eventpoll.h), so the data follows the four bytes of events there, and an alignment gap elsewhere.
    private static readonly bool Packed = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int DataOffset = Packed ? 4 : 8;
    private static readonly int EventSize = Packed ? 12 : 16;

    private readonly ConcurrentDictionary<int, Watcher> watchers = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock closing = new();
    private readonly FileDescriptor epoll;
    private readonly FileDescriptor bell;
    private readonly Duty? duty;
    private int attention = Idle;
    private bool over;

    private EpollThread(Duty? duty, FileDescriptor epoll, FileDescriptor bell) => (this.duty, this.epoll, this.bell) = (duty, epoll, bell);

    /// <summary>Starts one; null with the reason when the process may open no more files.</summary>
    /// <param name="name">The thread's name.</param>
    /// <param name="error">Why there is none.</param>
    /// <param name="duty">What it does besides watching sockets.</param>
    public static EpollThread? Start(string name, out Errno error, Duty? duty = null)
    {
        var made = new EpollThread(duty, Libc.EpollCreate(CloseOnExec), Libc.EventFile(0, CloseOnExec | NonBlocking));
        error = made.epoll.IsInvalid || made.bell.IsInvalid ? Libc.LastError : made.Control(Add, made.bell.Number, Readiness.Readable);
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

    /// <summary>Has <see cref="Duty.Work"/> called soon. A system call only when the thread is not at work. False when it has ended or is about to.</summary>
    public bool Wake()
    {
        if (Volatile.Read(ref over)) return false;
        if (Interlocked.Exchange(ref attention, Asked) == Idle) Ring();
        return true;
    }

    /// <summary>Ends the thread and waits for it.</summary>
    public async ValueTask DisposeAsync()
    {
        Volatile.Write(ref over, true);
        Ring();
        await ended.Task;
        lock (closing) Close();
    }

    // Under a lock with closing: a number that was closed may be another file by now.
    private unsafe void Ring()
    {
        lock (closing)
        {
            if (bell.IsClosed) return;
            var one = 1UL;
            _ = Libc.Write(bell, &one, sizeof(ulong));
        }
    }

    private unsafe void Silence()
    {
        ulong rings;
        _ = Libc.Read(bell, &rings, sizeof(ulong));
    }

    private void Close()
    {
        epoll.Dispose();
        bell.Dispose();
    }

    private unsafe Errno Control(int operation, int file, Readiness interest)
    {
        var entry = stackalloc byte[EventSize];
        *(uint*)entry = (uint)interest;
        *(long*)(entry + DataOffset) = file;
        return Libc.EpollControl(epoll, operation, file, entry) < 0 ? Libc.LastError : Errno.None;
    }

    private void Loop()
    {
        while (!Volatile.Read(ref over))
        {
            if (Wait() is var error and not (Errno.None or Errno.Interrupted))
            {
                Collapse(error);
                return;
            }

            if (Volatile.Read(ref attention) == Asked) Work();
            if (duty is not null && Volatile.Read(ref attention) == Idle) SleepFor(duty.Rest);
        }

        ended.SetResult();
    }

    // Waits for whatever comes first, unless there is work, and sees to all that has come.
    private unsafe Errno Wait()
    {
        var events = stackalloc byte[MostEvents * EventSize];
        var asked = Volatile.Read(ref attention) == Asked;
        var count = Libc.EpollWait(epoll, events, MostEvents, asked ? 0 : -1);
        if (count < 0) return Libc.LastError;
        if (!See(events, count) || asked || duty is null) return Errno.None;

        // What comes while more work is gathered is seen to before the work.
        SleepFor(duty.Gather);
        count = Libc.EpollWait(epoll, events, MostEvents, 0);
        if (count < 0) return Libc.LastError;
        See(events, count);
        return Errno.None;
    }

    // Sees to events; whether the bell was among them.
    private unsafe bool See(byte* events, int count)
    {
        var rang = false;
        for (var i = 0; i < count; i++)
        {
            var entry = events + (i * EventSize);
            var file = (int)*(long*)(entry + DataOffset);
            if (file != bell.Number)
            {
                Call(file, (Readiness)(*(uint*)entry));
                continue;
            }

            rang = true;
            Silence();
        }

        return rang;
    }

    // Who asks while this goes on does so without a system call.
    private void Work()
    {
        Interlocked.Exchange(ref attention, Working);
        try
        {
            duty?.Work();
        }
        catch (Exception bug)
        {
            duty?.Faulted(bug);
        }

        Interlocked.CompareExchange(ref attention, Idle, Working);
    }

    // For as many milliseconds as asked for, or until the bell rings.
    private unsafe void SleepFor(Func<int> ask)
    {
        var milliseconds = 0;
        try
        {
            if (!Volatile.Read(ref over)) milliseconds = ask();
        }
        catch (Exception bug)
        {
            duty?.Faulted(bug);
        }

        if (milliseconds <= 0) return;
        var entry = new PollEntry { File = bell.Number, Wanted = (short)Readiness.Readable };
        _ = Libc.Poll(&entry, 1, milliseconds);
    }

    // Only a bug closes what the thread waits on; nobody may wait for a callback that no longer comes.
    private void Collapse(Errno error)
    {
        Volatile.Write(ref over, true);
        var bug = new InvalidOperationException($"waiting for sockets failed: {error}");
        duty?.Faulted(bug);
        foreach (var watcher in watchers.Values) watcher.Faulted(bug);
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
