namespace Vedette.Linux.Host;

/// <summary>What a shell does with a program that it runs.</summary>
public static class JobControl
{
    // asm-generic/signal.h SIGTSTP.
    private const int TerminalStop = 20;

    /// <summary>
    /// Stops the process as the terminal does, and returns when it is continued; at once where nobody could continue it, because no shell with
    /// job control runs it (signal(7), setpgid(2): an orphaned process group), and where the signal is handled or ignored.
    /// </summary>
    public static void Stop() => _ = Libc.Raise(TerminalStop);
}
