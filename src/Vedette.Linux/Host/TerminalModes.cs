namespace Vedette.Linux.Host;

/// <summary>How the terminal on standard input treats what is typed (termios(3)), kept to be put back.</summary>
public sealed unsafe class TerminalModes
{
    private const int File = 0;
    private const int Now = 0;

    // More than struct termios has on any system; its first four words are flags of input, output, control and line.
    private const int Words = 64;
    private const int Input = 0;
    private const int Output = 1;
    private const int Line = 3;

    // asm-generic/termbits.h: ICRNL; OPOST; ISIG, ICANON, ECHO, IEXTEN.
    private const uint NewLines = 0x100;
    private const uint Processed = 0x1;
    private const uint LineByLine = 0x1 | 0x2 | 0x8 | 0x8000;

    private readonly uint[] kept;

    private TerminalModes(uint[] kept) => this.kept = kept;

    /// <summary>Has it read line by line and echo, as whoever gets it next expects; how it was. Null when there is no terminal.</summary>
    public static TerminalModes? Cook()
    {
        var modes = new uint[Words];
        fixed (uint* words = modes)
            if (Libc.GetModes(File, words) != 0) return null;
        uint[] cooked = [.. modes];
        cooked[Input] |= NewLines;
        cooked[Output] |= Processed;
        cooked[Line] |= LineByLine;
        Set(cooked);
        return new(modes);
    }

    /// <summary>Puts them back. The kernel stops a process that does so in the background until it is in the foreground (SIGTTOU).</summary>
    public void Restore() => Set(kept);

    private static void Set(uint[] modes)
    {
        fixed (uint* words = modes)
            while (Libc.SetModes(File, Now, words) != 0 && Libc.LastError == Errno.Interrupted) continue;
    }
}
