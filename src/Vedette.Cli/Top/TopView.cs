using System.Threading.Channels;
using Vedette.Cli.Hub;
using Vedette.Cli.Rendering;

namespace Vedette.Cli.Top;

/// <summary>The live view on a terminal: takes what comes from the hub and the keys, and draws at most five frames a second.</summary>
internal sealed class TopView(HubClient hub, TimeProvider time)
{
    private const int MostEvents = 4096;

    private static readonly TimeSpan ShortestFrame = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestFrame = TimeSpan.FromSeconds(1);

    private readonly Channel<HubEvent> events = Channel.CreateBounded<HubEvent>(new BoundedChannelOptions(MostEvents) { SingleReader = true, SingleWriter = true });
    private readonly TopFrame frame = new(Palette.ForConsole(), time);
    private readonly Screen screen = new();
    private Layout layout = new(new TopState(hub.Name), [], [], 0);

    /// <summary>Returns when the user has had enough of it.</summary>
    /// <exception cref="UserError">There is no terminal, or the hub cannot be asked.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watching = new Watch(hub, events.Writer, time).RunAsync(over.Token);
        try
        {
            // A hub that cannot be asked is told on a terminal that is as it was.
            await Task.WhenAny(watching, events.Reader.WaitToReadAsync(over.Token).AsTask());
            if (watching.IsCompleted) await watching;
            using var terminal = Terminal.Take();
            using var end = CancellationTokenSource.CreateLinkedTokenSource(over.Token, terminal.Gone);
            while (!layout.State.IsOver && !end.IsCancellationRequested)
            {
                using var pause = CancellationTokenSource.CreateLinkedTokenSource(end.Token, terminal.StopAsked);
                await DrawAsync(terminal, watching, pause.Token);
                if (terminal.StopAsked.IsCancellationRequested && !end.IsCancellationRequested) terminal.Stop();
            }
        }
        finally
        {
            await over.CancelAsync();
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task DrawAsync(Terminal terminal, Task watching, CancellationToken end)
    {
        using var reading = new CancellationTokenSource();
        var keys = Terminal.KeysAsync(time, reading.Token);
        try
        {
            while (!layout.State.IsOver && !end.IsCancellationRequested)
            {
                if (watching.IsCompleted) await watching;
                Draw(terminal);
                var calm = Task.Delay(ShortestFrame, time, end);
                while (!layout.State.IsOver && !calm.IsCompleted) keys = await PressAsync(keys, calm, reading.Token);
                if (layout.State.IsOver || end.IsCancellationRequested) return;
                using var enough = CancellationTokenSource.CreateLinkedTokenSource(end);
                await Task.WhenAny(keys, events.Reader.WaitToReadAsync(enough.Token).AsTask(), Task.Delay(LongestFrame - ShortestFrame, time, enough.Token));
                await enough.CancelAsync();
            }
        }
        finally
        {
            // Whoever has the terminal next has its keys, too, whatever this ends by.
            await reading.CancelAsync();
            await ((Task)keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Keys take effect as they come and are seen with the next frame.
    private async Task<Task<IReadOnlyList<ConsoleKeyInfo>>> PressAsync(Task<IReadOnlyList<ConsoleKeyInfo>> keys, Task calm, CancellationToken reading)
    {
        await Task.WhenAny(keys, calm);
        if (!keys.IsCompleted) return keys;
        foreach (var key in await keys)
        {
            Arrange(layout.State.Press(key, layout.Shown, layout.Rows));
            if (layout.State.IsOver) return keys;
        }

        return Terminal.KeysAsync(time, reading);
    }

    private void Draw(Terminal terminal)
    {
        var (width, height) = Terminal.Size;
        var news = new List<HubEvent>();
        while (events.Reader.TryRead(out var happened)) news.Add(happened);
        Arrange(layout.State.After(news).At(time.GetUtcNow(), width, height));
        if (terminal.TakeAgain()) screen.Forget();
        terminal.Write(screen.Show(frame.Lines(layout), width));
    }

    private void Arrange(TopState state) => layout = frame.Arrange(state, layout.ShownBy(state));
}
