using System.Text;
using Vedette.Cli.Verbs;

namespace Vedette.Cli.Tests;

/// <summary>The program in this process with its output caught; one at a time, because the console is one.</summary>
internal sealed class Invocation : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly (TextWriter Output, TextWriter Errors) console = (Console.Out, Console.Error);
    private readonly Caught output = new();
    private readonly Caught errors = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Task<int> running;

    public Invocation(params string[] arguments)
    {
        Console.SetOut(output);
        Console.SetError(errors);
        var root = ProgramVerbs.For(arguments);
        // Not on the thread of a test, because a verb may keep the one that it runs on.
        running = Task.Run(() => CommandLine.InvokeAsync(root, arguments, stop.Token));
    }

    public string Output => output.ToString();

    public string Errors => errors.ToString();

    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var invocation = new Invocation(arguments);
        return (await invocation.EndAsync(), invocation.Output, invocation.Errors);
    }

    /// <summary>Waits for it to end by itself.</summary>
    public Task<int> EndAsync() => running.WaitAsync(Patience);

    /// <summary>Ends it as Ctrl+C does.</summary>
    public async Task<int> InterruptAsync()
    {
        await stop.CancelAsync();
        return await EndAsync();
    }

    /// <summary>Waits until what it wrote fits.</summary>
    public async Task UntilAsync(Func<Invocation, bool> fits)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!fits(this))
        {
            if (running.IsCompleted || patience.IsCancellationRequested) throw new TimeoutException($"It wrote no more than this.\n{Output}\n{Errors}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    public void Dispose()
    {
        Console.SetOut(console.Output);
        Console.SetError(console.Errors);
        stop.Dispose();
    }

    private sealed class Caught : TextWriter
    {
        private readonly StringBuilder text = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            lock (text) text.Append(value);
        }

        public override string ToString()
        {
            lock (text) return text.ToString();
        }
    }
}
