using System.CommandLine;
using Vedette.Cli.Hub;
using Vedette.Cli.Menu;
using Vedette.Cli.Rendering;
using Vedette.Probes;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette</c> without a verb: on a terminal a menu over the verbs.</summary>
internal static class MenuVerb
{
    /// <summary>Gives the program this action; nothing changes where there is no terminal to ask on.</summary>
    public static void AddTo(Command root) => root.SetAction(async (parsed, cancellation) =>
    {
        if (Console.IsInputRedirected || Console.IsOutputRedirected) throw new UserError(CommandLine.SayWhich(root), ExitCodes.Usage);

        // Ctrl+C is led here once the program holds this as begun, which should not be after the first question.
        await Task.Yield();
        var palette = Palette.ForConsole();
        var menu = new MainMenu(new Dialogue(Console.In, Console.Out, palette), palette, ProbeSet.Catalogue, (words, cancel) => CommandLine.InvokeAsync(root, [.. words, .. Given(parsed)], cancel), cancel => AskAsync(parsed, hub => Task.FromResult(hub.Lines(cancel))), (id, cancel) => AskAsync(parsed, hub => hub.CheckAsync(id, cancel)));
        try
        {
            await menu.RunAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Leaving is how it ends, in whichever way that is asked for.
            return ExitCodes.Ok;
        }

        return ExitCodes.Ok;
    });

    private static async Task<T> AskAsync<T>(ParseResult parsed, Func<HubClient, Task<T>> question)
    {
        using var hub = HubClient.Of(parsed);
        return await question(hub);
    }

    // What the verbs have to be told as well.
    private static IEnumerable<string> Given(ParseResult parsed) =>
        new[] { GlobalOptions.Hub, GlobalOptions.Token, GlobalOptions.Data }.SelectMany(option => parsed.GetValue(option) is { } value ? new[] { option.Name, value } : []);
}
