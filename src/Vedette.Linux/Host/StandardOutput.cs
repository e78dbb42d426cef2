namespace Vedette.Linux.Host;

/// <summary>What standard output leads to, asked of the kernel: <see cref="Console"/> keeps quiet about a pipe that nobody reads any more.</summary>
public static unsafe class StandardOutput
{
    private const int File = 1;

    // asm-generic/poll.h POLLERR.
    private const short Error = 0x8;

    /// <summary>Whether it is a pipe or socket whose reader has gone, as after <c>| head</c> (poll(2)).</summary>
    public static bool ReaderIsGone
    {
        get
        {
            var asked = new PollEntry { File = File };
            return Libc.Poll(&asked, 1, 0) > 0 && (asked.Returned & Error) != 0;
        }
    }
}
