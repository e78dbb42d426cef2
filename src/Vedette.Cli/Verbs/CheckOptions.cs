using System.Collections.Immutable;
using System.CommandLine;

namespace Vedette.Cli.Verbs;

/// <summary>The arguments and options that describe a check, and the draft they make.</summary>
internal sealed class CheckOptions
{
    private readonly Argument<string> kind = new("KIND") { Description = "icmp, tcp, http, ... " };
    private readonly Argument<string> target = new("TARGET") { Description = "Whom to probe, in the form the kind asks for." };
    private readonly Option<string?> timeout = new("--timeout") { Description = "The deadline of one run, such as 500ms or 2s.", HelpName = "DURATION" };
    private readonly Option<string[]> set = new("--set") { Description = "An option of the kind; may be repeated.", HelpName = "NAME=VALUE" };
    private readonly Option<string[]> assertions = new("--assert") { Description = "What must hold of a run that is up, such as \"connect < 50ms\"; may be repeated.", HelpName = "EXPR" };

    public CheckOptions(Catalogue catalogue) =>
        kind.Description = $"One of {string.Join(", ", catalogue.Select(known => known.Kind))}.";

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(kind);
        command.Add(target);
        command.Add(timeout);
        command.Add(set);
        command.Add(assertions);
    }

    /// <summary>What the user gave.</summary>
    public CheckDraft Draft(ParseResult parsed, Problems problems) => new()
    {
        Kind = parsed.GetRequiredValue(kind),
        Target = parsed.GetRequiredValue(target),
        Timeout = Duration(parsed.GetValue(timeout), "--timeout", problems),
        Parameters = Parameters(parsed.GetValue(set) ?? [], problems),
        Assertions = parsed.GetValue(assertions),
    };

    private static TimeSpan? Duration(string? text, string option, Problems problems)
    {
        if (text is null) return null;
        if (Durations.TryParse(text, out var duration)) return duration;
        problems.Add(option, $"'{text}' is not a duration such as 20ms, 2s or 1m");
        return null;
    }

    private static Dictionary<string, ImmutableArray<string>?> Parameters(IEnumerable<string> settings, Problems problems)
    {
        var parameters = new Dictionary<string, ImmutableArray<string>?>();
        foreach (var setting in settings)
        {
            var equals = setting.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                problems.Add("--set", $"'{setting}' is not NAME=VALUE");
                continue;
            }

            var name = setting[..equals];
            parameters[name] = [.. parameters.GetValueOrDefault(name) ?? [], setting[(equals + 1)..]];
        }

        return parameters;
    }
}
