using System.Runtime.InteropServices;
using Vedette.Linux.Host;
using Vedette.Linux.Sockets;

namespace Vedette.Linux;

/// <summary>The calls of the C library that this project makes, as they are.</summary>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    /// <summary>What the last call that failed on this thread answered.</summary>
    public static Errno LastError => (Errno)Marshal.GetLastPInvokeError();

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int file);

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Status(int directory, string path, int flags, uint wanted, byte* status);

    [LibraryImport(Library, EntryPoint = "tcgetattr", SetLastError = true)]
    public static partial int GetModes(int file, uint* modes);

    [LibraryImport(Library, EntryPoint = "tcsetattr", SetLastError = true)]
    public static partial int SetModes(int file, int when, uint* modes);

    // To the thread that calls: it is stopped before this returns.
    [LibraryImport(Library, EntryPoint = "raise", SetLastError = true)]
    public static partial int Raise(int signal);

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(SafeHandle file);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(FileDescriptor file, void* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(FileDescriptor file, void* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    public static partial FileDescriptor Socket(int family, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSocketOption(FileDescriptor socket, int level, int option, void* value, uint length);

    [LibraryImport(Library, EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int SendMessages(FileDescriptor socket, MessageHeader* messages, uint count, int flags);

    [LibraryImport(Library, EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int ReceiveMessages(SafeHandle socket, MessageHeader* messages, uint count, int flags, void* timeout);

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial FileDescriptor EpollCreate(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(FileDescriptor epoll, int operation, int file, void* interest);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(FileDescriptor epoll, void* events, int most, int timeout);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    public static partial FileDescriptor EventFile(uint initial, int flags);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(void* entries, nuint count, int timeout);

    [LibraryImport(Library, EntryPoint = "adjtimex", SetLastError = true)]
    public static partial int AdjustTime(TimeState* state);

    // A call into the vDSO that never blocks: the cost of leaving the runtime would be most of it.
    [LibraryImport(Library, EntryPoint = "clock_gettime")]
    [SuppressGCTransition]
    public static partial int ClockGetTime(int clock, TimeSpec* time);
}
