using System.Runtime.InteropServices;
using System.Text;
using Vedette.Linux.Host;

namespace Vedette.Cli.Top;

/// <summary>
/// The terminal while a program draws on it (ECMA-48, and xterm's alternate screen): everything is as it was once it is disposed.
/// </summary>
internal sealed class Terminal : IDisposable
{
    // Alternate screen, no cursor, lines that do not wrap.
    private const string Taken = "\e[?1049h\e[?25l\e[?7l\e[2J";

    // The keypad mode is what .NET turns on when it reads keys.
    private const string GivenBack = "\e[0m\e[?7h\e[?25h\e[?1049l\e[?1l\e>";

    // Far below what a person sees, and far above what looking costs.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(40);

    private readonly Stream output = Console.OpenStandardOutput();

    // Neither is disposed: a signal that is on its way may cancel it still, and from one that is disposed that would abort the program.
    private readonly CancellationTokenSource gone = new();
    private CancellationTokenSource stopAsked = new();

    private readonly PosixSignalRegistration[] signals;
    private PosixSignalRegistration stopSignal;
    private volatile bool wasContinued;

    private Terminal()
    {
        // Asked before anything is drawn, because .NET writes to the terminal when it begins with it.
        _ = Console.KeyAvailable;
        Write(Taken);
        signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => wasContinued = true),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, Go),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Go),
        ];
        stopSignal = Listen();
    }

    /// <summary>Cancelled when the terminal was closed, or told the program to quit.</summary>
    public CancellationToken Gone => gone.Token;

    /// <summary>Cancelled when the terminal asks the program to stop for a while, as with Ctrl+Z; <see cref="Stop"/> makes it a new one.</summary>
    public CancellationToken StopAsked => stopAsked.Token;

    /// <summary>Columns and lines; those of the first terminals when it does not say.</summary>
    public static (int Width, int Height) Size => (Console.WindowWidth, Console.WindowHeight) is ( > 0, > 0) size ? size : (80, 24);

    /// <summary>Takes the terminal.</summary>
    /// <exception cref="UserError">There is none, or none that can be drawn on.</exception>
    public static Terminal Take()
    {
        if (Console.IsInputRedirected || Console.IsOutputRedirected)
            throw new UserError($"this is drawn on a terminal, and input and output are not both one; see the checks with: {Verb.Program} status", ExitCodes.Unavailable);
        if (GlobalOptions.Setting("TERM") is null or "dumb")
            throw new UserError($"this terminal cannot be drawn on (TERM is {GlobalOptions.Setting("TERM") ?? "not set"}); see the checks with: {Verb.Program} status", ExitCodes.Unavailable);
        return new();
    }

    /// <summary>
    /// Gives the terminal back and stops the process until it is continued in the foreground; then <see cref="TakeAgain"/> takes it again. Where nobody
    /// could continue it, it does not stop. No key may be read meanwhile.
    /// </summary>
    /// <exception cref="IOException">The terminal is gone.</exception>
    public void Stop()
    {
        Write(GivenBack);
        var drawing = TerminalModes.Cook();
        // Only a process that does not listen for the signal is stopped by it.
        stopSignal.Dispose();
        JobControl.Stop();
        drawing?.Restore();
        // The old one may be cancelled still, by a signal that came before.
        stopAsked = new();
        stopSignal = Listen();
        wasContinued = true;
    }

    /// <summary>Takes it again when the process was stopped since: others may have written on it. Whether that was so.</summary>
    /// <exception cref="IOException">The terminal is gone.</exception>
    public bool TakeAgain()
    {
        if (!wasContinued) return false;
        wasContinued = false;
        Write(Taken);
        return true;
    }

    /// <summary>Writes in one go; nothing for nothing.</summary>
    /// <exception cref="IOException">The terminal is gone.</exception>
    public void Write(string text)
    {
        if (text.Length == 0) return;
        output.Write(Encoding.UTF8.GetBytes(text));
        if (StandardOutput.ReaderIsGone) throw new IOException("the terminal was closed");
    }

    /// <summary>The next keys, as many as were pressed. Between two calls nothing is read: what is typed then belongs to whoever asks next.</summary>
    /// <exception cref="IOException">The terminal is gone.</exception>
    public static async Task<IReadOnlyList<ConsoleKeyInfo>> KeysAsync(TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            // Nothing takes a read of a key back, which would have the next one whoever it is meant for: only what is there is read.
            while (!Console.KeyAvailable) await Task.Delay(Look, time, cancellation);
            var keys = new List<ConsoleKeyInfo>();
            do keys.Add(Console.ReadKey(intercept: true));
            while (Console.KeyAvailable);
            return keys;
        }
        catch (InvalidOperationException e)
        {
            // What .NET says of a terminal that has become none.
            throw new IOException("the terminal was closed", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stopSignal.Dispose();
        foreach (var signal in signals) signal.Dispose();
        if (!StandardOutput.ReaderIsGone) Write(GivenBack);
        output.Dispose();
    }

    // .NET does not stop a process that listens for this, and one that does not would stop on a terminal that is not the shell's.
    private PosixSignalRegistration Listen() => PosixSignalRegistration.Create(PosixSignal.SIGTSTP, context =>
    {
        context.Cancel = true;
        stopAsked.Cancel();
    });

    private void Go(PosixSignalContext context)
    {
        context.Cancel = true;
        gone.Cancel();
    }
}
