using Vedette.Cli.Rendering;

namespace Vedette.Cli.Menu;

/// <summary>
/// What <c>vedette</c> is on a terminal without a verb: every entry asks for what its verb needs and then runs that verb, whose words it shows,
/// so that a person can type them the next time.
/// </summary>
/// <param name="dialogue">Asks.</param>
/// <param name="palette">The colours.</param>
/// <param name="catalogue">The kinds.</param>
/// <param name="run">Runs a verb with its arguments as from a shell; its exit code.</param>
/// <param name="checks">Asks the hub how its checks stand.</param>
/// <param name="check">Asks the hub for one of them, whole.</param>
internal sealed class MainMenu(
    Dialogue dialogue, Palette palette, Catalogue catalogue, Func<IReadOnlyList<string>, CancellationToken, Task<int>> run,
    Func<CancellationToken, Task<IReadOnlyList<CheckLine>>> checks, Func<string, CancellationToken, Task<WatchedCheck>> check)
{
    private const int MostListed = 30;
    private const string Exit = "exit";

    private readonly CheckDialogue describing = new(dialogue, catalogue);

    private static readonly (string Name, string What)[] Entries =
    [
        ("watch", "every check live"), ("status", "what is up, since when, and why not"), ("show", "one check, how it stands and how it is configured"),
        ("add", "watch something from now on"), ("edit", "change a check"), ("pause", "measure nothing for a while"), ("resume", "go on with a paused check"),
        ("stop", "take a check out of use, its history stays"), ("start", "take a stopped check into use again"), ("remove", "a check and its history, for good"),
        ("results", "the results of a check, live"), ("run", "a check once, here and now, without the hub"), ("config", "view, save and apply the checks as a file"), ("doctor", "what this host allows"), (Exit, "leave"),
    ];

    /// <summary>Goes on until the person leaves.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await GreetAsync(cancellation);
        while (await dialogue.ChooseAsync("Vedette", Entries, cancellation, Exit) is { } entry && entry != Exit) await EnterAsync(entry, cancellation);
    }

    private async Task EnterAsync(string entry, CancellationToken cancellation)
    {
        try
        {
            if (await WordsAsync(entry, cancellation) is not { } lines) return;
            foreach (var words in lines) await RunAsync(words, cancellation);
        }
        catch (UserError e)
        {
            await SayAsync(e);
        }
    }

    private async Task<string[][]?> ConfigureAsync(CancellationToken cancellation)
    {
        switch (await dialogue.ChooseAsync("Configuration", [("view", "the checks as the file that makes them"), ("save", "them as that file"), ("apply", "a file, after a look at what it would do")], cancellation))
        {
            case "view": return [["export"]];
            case "save" when await dialogue.AskAsync("file, JSON when its name ends so", "vedette.yaml", name => OutputFile.Refuse(name, replace: true), cancellation) is { } name:
                string[] export = ["export", "--output", FileWord(name), .. name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? ["--format", "json"] : Array.Empty<string>()];
                if (!File.Exists(name)) return [export];
                return await dialogue.AskAsync("it is there already; type yes to replace it", null, cancellation) == "yes" ? [[.. export, "--force"]] : null;
            case "apply" when await dialogue.AskAsync("file, YAML or JSON", null, name => File.Exists(name) ? null : $"there is no file '{name}' here", cancellation) is { } name:
                string[] apply = ["apply", "--file", FileWord(name)];
                if (await RunAsync([.. apply, "--plan"], cancellation) != ExitCodes.Ok) return null;
                return await dialogue.AskAsync("type yes to do so", null, cancellation) == "yes" ? [apply] : null;
            default: return null;
        }
    }

    // A verb would take it for an option, or for standard output.
    private static string FileWord(string name) => name.StartsWith('-') ? $"./{name}" : name;

    /// <summary>The command lines of an entry; null when the person left its questions.</summary>
    private async Task<string[][]?> WordsAsync(string entry, CancellationToken cancellation) => entry switch
    {
        "watch" => [["top"]],
        "status" or "doctor" => [[entry]],
        "show" => await PickAsync(entry, cancellation) is { } line ? [["status", line.Id], ["check", "show", line.Id]] : null,
        "add" => await describing.AddAsync((await checks(cancellation)).Select(line => line.Id).ToHashSet(), cancellation) is { } words ? [words] : null,
        "run" => await describing.RunAsync(cancellation) is { } words ? [words] : null,
        "config" => await ConfigureAsync(cancellation),
        "edit" => await PickAsync(entry, cancellation) is { } line && await IsOursAsync(line) && await describing.EditAsync((await check(line.Id, cancellation)).Check, cancellation) is { } words ? [words] : null,
        "remove" => await PickAsync(entry, cancellation) is { } line && await IsOursAsync(line) && await ConfirmAsync(line.Id, cancellation) ? [["check", "remove", line.Id]] : null,
        "results" => await PickAsync(entry, cancellation) is { } line ? [["results", line.Id, "--follow"]] : null,
        _ => await PickAsync(entry, cancellation) is { } line ? [["check", entry, line.Id]] : null,
    };

    private async Task<int> RunAsync(string[] words, CancellationToken cancellation)
    {
        await dialogue.SayAsync(palette.Dim($"\n$ {Verb.Program} {string.Join(' ', words.Select(Masked).Select(Quoted))}"));
        var exitCode = await run(words, cancellation);
        cancellation.ThrowIfCancellationRequested();
        return exitCode;
    }

    private async Task GreetAsync(CancellationToken cancellation)
    {
        try
        {
            var known = await checks(cancellation);
            await dialogue.SayAsync($"The hub watches {known.Count} {(known.Count == 1 ? "check" : "checks")}. Ctrl+C leaves at any time.");
        }
        catch (UserError e)
        {
            await SayAsync(e);
            await dialogue.SayAsync($"Start a hub in another terminal with:\n\n  {Verb.Program} up\n\n'run' and 'doctor' need none.");
        }
    }

    private Task SayAsync(UserError e) => dialogue.SayAsync($"{palette.Of(Status.Down, "✖")} {e.Message}");

    // The hub would refuse it in the end.
    private async Task<bool> IsOursAsync(CheckLine line)
    {
        if (line.Owner is not { } owner) return true;
        await dialogue.SayAsync($"'{line.Id}' belongs to {Plain.Foreign(owner)}; change it there, or take it out there, and apply that");
        return false;
    }

    private async Task<bool> ConfirmAsync(string id, CancellationToken cancellation)
    {
        await dialogue.SayAsync($"'{id}' and its whole history are gone for good then; 'stop' keeps both.");
        if (await dialogue.AskAsync($"type {id} to remove it", null, cancellation) == id) return true;
        await dialogue.SayAsync("nothing was removed");
        return false;
    }

    private async Task<CheckLine?> PickAsync(string verb, CancellationToken cancellation)
    {
        var fitting = (await checks(cancellation)).Where(line => Fits(verb, line.Lifecycle)).OrderBy(line => StatusText.Trouble(line.Lifecycle, line.Status)).ThenBy(line => line.Id, StringComparer.Ordinal).ToList();
        if (fitting.Count == 0)
        {
            await dialogue.SayAsync($"there is no check to {verb}");
            return null;
        }

        if (fitting.Count <= MostListed)
        {
            var chosen = await dialogue.ChooseAsync($"Which check to {verb}?", [.. fitting.Select(line => (line.Id, $"{Palette.StandingWord(line.Lifecycle, line.Status)}  {line.Kind} {line.Target}"))], cancellation);
            return fitting.FirstOrDefault(line => line.Id == chosen);
        }

        string[] ids = [.. fitting.Select(line => line.Id)];
        var id = await dialogue.AskAsync($"the id of the check to {verb}, Enter goes back", null, answer => ids.Contains(answer) ? null : $"there is no such check to {verb}{(Nearest.To(answer, ids) is { } near ? $"; did you mean '{near}'?" : "; see them with: watch")}", cancellation);
        return fitting.FirstOrDefault(line => line.Id == id);
    }

    private static bool Fits(string verb, Lifecycle lifecycle) => verb switch
    {
        "pause" => lifecycle == Lifecycle.Active,
        "resume" => lifecycle == Lifecycle.Paused,
        "stop" => lifecycle != Lifecycle.Stopped,
        "start" => lifecycle == Lifecycle.Stopped,
        _ => true,
    };

    // What was typed once need not stay on the terminal.
    private string Masked(string word)
    {
        var name = word.Split('=')[0];
        return name.Length < word.Length - 1 && catalogue.Any(kind => kind.Option(name) is { Secret: true }) ? $"{name}={KindDescriptor.SecretMask}" : word;
    }

    private static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=,@%+".Contains(c, StringComparison.Ordinal)) ? word : $"'{Plain.Foreign(word).Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
