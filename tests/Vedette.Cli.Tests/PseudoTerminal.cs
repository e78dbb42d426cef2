using System.Diagnostics;
using System.Globalization;

namespace Vedette.Cli.Tests;

/// <summary>The real program on a real pseudo-terminal, which <c>script</c> of util-linux opens, with what a person would see of it.</summary>
internal sealed class PseudoTerminal : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process process;
    private readonly Emulator emulator;
    private readonly Task reading;
    private string written = "";

    /// <summary>Runs a line of bash, in which <c>$vedette</c> is the program.</summary>
    public PseudoTerminal(int width, int height, string line, params (string Name, string? Value)[] environment)
    {
        emulator = new(width, height);
        var start = new ProcessStartInfo("script") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("--quiet");
        start.ArgumentList.Add("--flush");
        start.ArgumentList.Add("--return");
        start.ArgumentList.Add("--command");
        start.ArgumentList.Add(string.Create(CultureInfo.InvariantCulture, $"stty cols {width} rows {height}; {line}"));
        start.ArgumentList.Add("/dev/null");
        foreach (var (name, value) in environment.Prepend(("TERM", "xterm-256color")).Prepend(("NO_COLOR", null)).Prepend(("SHELL", "/bin/bash")).Prepend(("vedette", Path.Combine(AppContext.BaseDirectory, "Vedette.Cli"))))
            start.Environment[name] = value;
        process = Process.Start(start)!;
        reading = ReadAsync();
    }

    /// <summary>The process on this side of the terminal: without it the terminal is closed.</summary>
    public Process Holder => process;

    /// <summary>What a person sees.</summary>
    public string Text
    {
        get
        {
            lock (emulator) return emulator.Text;
        }
    }

    /// <summary>Everything that was written to it.</summary>
    public string Written
    {
        get
        {
            lock (emulator) return written;
        }
    }

    /// <summary>Presses keys.</summary>
    public async Task TypeAsync(string keys)
    {
        await process.StandardInput.WriteAsync(keys);
        await process.StandardInput.FlushAsync();
    }

    /// <summary>Waits until what is on it fits.</summary>
    public async Task UntilAsync(Func<Emulator, bool> fits)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!Fits(fits))
        {
            if (patience.IsCancellationRequested || (reading.IsCompleted && !Fits(fits))) throw new TimeoutException($"The terminal shows this.\n{Text}\nAll that was written: {Written.Replace("\e", "\\e", StringComparison.Ordinal)}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    /// <summary>Waits until a text is on it.</summary>
    public Task UntilAsync(string text) => UntilAsync(shown => shown.Text.Contains(text, StringComparison.Ordinal));

    /// <summary>Waits for the end of the line; its exit code.</summary>
    public async Task<int> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token);
        await reading;
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await reading;
        process.Dispose();
    }

    private bool Fits(Func<Emulator, bool> fits)
    {
        lock (emulator) return fits(emulator);
    }

    private async Task ReadAsync()
    {
        var buffer = new char[4096];
        while (await process.StandardOutput.ReadAsync(buffer) is > 0 and var read)
            lock (emulator)
            {
                written += new string(buffer, 0, read);
                emulator.Write(new string(buffer, 0, read));
            }
    }
}
