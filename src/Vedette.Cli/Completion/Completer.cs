using System.CommandLine;
using System.CommandLine.Completions;
using Vedette.Cli.Rendering;
using Vedette.Cli.Verbs;
using SystemOption = System.CommandLine.Option;

namespace Vedette.Cli.Completion;

/// <summary>Finds what may come next on a command line.</summary>
/// <param name="root">The program.</param>
/// <param name="catalogue">The kinds.</param>
/// <param name="checks">Asks the hub for its checks; none when there is no hub.</param>
internal sealed class Completer(Command root, Catalogue catalogue, Func<Task<IReadOnlyList<CheckLine>>> checks)
{
    /// <summary>The candidates for the last word.</summary>
    /// <param name="words">What stands behind the program's name; the last one, which may be empty, is being written.</param>
    public async Task<IReadOnlyList<Candidate>> CompleteAsync(IReadOnlyList<string> words)
    {
        var word = words.Count == 0 ? "" : words[^1];
        var said = CommandWords.Read(root, words.SkipLast(1));
        return [.. (await CandidatesAsync(said, word)).Where(candidate => candidate.Word.StartsWith(word, StringComparison.Ordinal)).DistinctBy(candidate => candidate.Word)];
    }

    private async Task<IEnumerable<Candidate>> CandidatesAsync(CommandWords said, string word)
    {
        if (said.Awaiting is { } option) return await ValuesAsync(said, option, word);
        if (said.TakesOptions && word.StartsWith('-')) return await OptionsAsync(said, word);
        if (said.Arguments.Count == 0 && said.Command.Subcommands.Count > 0) return said.Command.Subcommands.Where(sub => !sub.Hidden).Select(sub => new Candidate(sub.Name, sub.Description ?? ""));
        return said.Arguments.Count < said.Command.Arguments.Count ? await ValuesAsync(said, said.Command.Arguments[said.Arguments.Count], word) : [];
    }

    private async Task<IEnumerable<Candidate>> OptionsAsync(CommandWords said, string word)
    {
        if (word.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var equals))
            return CommandWords.Options(said.Command).Where(option => option.Arity.MaximumNumberOfValues > 1 || !said.Given.Contains(option)).Select(option => new Candidate(option.Name, option.Description ?? ""));
        var named = CommandWords.Options(said.Command).FirstOrDefault(option => option.Name == word[..equals]);
        if (named is null || !CommandWords.TakesValue(named)) return [];
        return (await ValuesAsync(said, named, word[(equals + 1)..])).Select(candidate => candidate with { Word = word[..(equals + 1)] + candidate.Word });
    }

    private async Task<IEnumerable<Candidate>> ValuesAsync(CommandWords said, Symbol symbol, string word) => symbol switch
    {
        Argument { Name: CheckOptions.KindName } => catalogue.Select(kind => new Candidate(kind.Kind, kind.Summary)),
        Argument { Name: HubVerb.IdName } or SystemOption { Name: CheckOptions.DependsOnName } => (await checks()).Select(line => new Candidate(line.Id, $"{line.Kind} {Plain.Foreign(line.Target)}")),
        SystemOption { Name: CheckOptions.SetName } => await KindAsync(said) is { } kind ? Set(kind, word) : [],
        _ => symbol.GetCompletions(CompletionContext.Empty).Select(item => new Candidate(item.Label)),
    };

    // The kind is on the line, or it is that of the check that is.
    private async Task<KindDescriptor?> KindAsync(CommandWords said)
    {
        if (said.Argument(CheckOptions.KindName) is { } kind) return catalogue.Find(kind);
        return said.Argument(HubVerb.IdName) is { } id && (await checks()).FirstOrDefault(line => line.Id == id) is { } line ? catalogue.Find(line.Kind) : null;
    }

    private static IEnumerable<Candidate> Set(KindDescriptor kind, string word)
    {
        if (word.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var equals)) return kind.Options.Select(option => new Candidate($"{option.Name}=", option.Summary));
        if (kind.Option(word[..equals]) is not { } named) return [];
        IEnumerable<string> values = named.Type == OptionType.Boolean ? ["true", "false"] : named.Choices;
        return values.Select(value => new Candidate($"{named.Name}={value}"));
    }
}
