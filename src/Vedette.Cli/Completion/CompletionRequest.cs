using System.CommandLine;
using Vedette.Cli.Hub;
using Vedette.Probes;

namespace Vedette.Cli.Completion;

/// <summary>Answers the scripts of <see cref="Scripts"/>: a candidate a line, with its description behind a tab.</summary>
internal static class CompletionRequest
{
    /// <summary>The first argument of one; what follows are the words behind the program's name.</summary>
    public const string Word = "[complete]";

    // Who presses a key waits for no hub.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(800);

    public static async Task<int> AnswerAsync(Command root, IReadOnlyList<string> words)
    {
        foreach (var (word, description) in await CandidatesAsync(root, words, Patience)) await Console.Out.WriteAsync(description.Length == 0 ? $"{word}\n" : $"{word}\t{description}\n");
        return ExitCodes.Ok;
    }

    /// <summary>The candidates for the last word, with those that the hub gives within a time.</summary>
    public static Task<IReadOnlyList<Candidate>> CandidatesAsync(Command root, IReadOnlyList<string> words, TimeSpan patience) =>
        new Completer(root, ProbeSet.Catalogue, () => Task.FromResult(Checks(root, words, patience))).CompleteAsync(words);

    // Whatever is wrong with the hub is no business of a line that is not finished.
    private static IReadOnlyList<CheckLine> Checks(Command root, IReadOnlyList<string> words, TimeSpan longest)
    {
        try
        {
            using var hub = HubClient.Of(root.Parse([.. words.SkipLast(1)], CommandLine.Parsing), longest);
            return hub.Lines(CancellationToken.None);
        }
        catch (Exception e) when (e is UserError or IOException or InvalidOperationException)
        {
            return [];
        }
    }
}
