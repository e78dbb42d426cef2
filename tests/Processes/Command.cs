using System.Diagnostics;

namespace Processes;

/// <summary>A real peer or tool as a process that ends with its owner.</summary>
public sealed class Command : IAsyncDisposable
{
    private readonly Process process;
    private readonly Task<string> output;
    private readonly Task<string> errors;

    private Command(Process process)
    {
        this.process = process;
        output = process.StandardOutput.ReadToEndAsync();
        errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts a program that goes on until it is disposed.</summary>
    public static Command Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return new(Process.Start(start)!);
    }

    /// <summary>Runs a program to its end; what it wrote to both outputs.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string program, params string[] arguments)
    {
        await using var command = Start(program, arguments);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await command.process.WaitForExitAsync(patience.Token);
        return (command.process.ExitCode, await command.output, await command.errors);
    }

    /// <summary>Runs a program that has to succeed.</summary>
    public static async Task MustAsync(string program, params string[] arguments)
    {
        var (exitCode, _, errors) = await RunAsync(program, arguments);
        if (exitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {exitCode}: {errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }
}
