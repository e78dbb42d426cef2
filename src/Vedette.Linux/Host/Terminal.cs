using System.Runtime.InteropServices;

namespace Vedette.Linux.Host;

/// <summary>
/// What standard output leads to. Asked of the kernel, because <see cref="Console"/> writes a control sequence to the terminal before it tells
/// its size, and keeps quiet about a pipe that nobody reads any more.
/// </summary>
public static unsafe class Terminal
{
    private const int StandardOutput = 1;

    // asm-generic/ioctls.h TIOCGWINSZ, asm-generic/poll.h POLLERR.
    private const nuint GetWindowSize = 0x5413;
    private const short Error = 0x8;

    /// <summary>How many columns it has (tty_ioctl(4) TIOCGWINSZ); null when it is no terminal or does not know.</summary>
    public static int? Columns
    {
        get
        {
            WindowSize size;
            return Libc.Control(StandardOutput, GetWindowSize, &size) == 0 && size.Columns > 0 ? size.Columns : null;
        }
    }

    /// <summary>Whether it is a pipe or socket whose reader has gone, as after <c>| head</c>.</summary>
    public static bool ReaderIsGone
    {
        get
        {
            var asked = new PollEntry { File = StandardOutput };
            return Libc.Poll(&asked, 1, 0) > 0 && (asked.Returned & Error) != 0;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int File;
        public short Wanted;
        public short Returned;
    }
}
