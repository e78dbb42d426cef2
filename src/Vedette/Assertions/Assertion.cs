using System.Globalization;
using System.Text.RegularExpressions;

namespace Vedette;

/// <summary>
/// What must hold of a run: <c>[warn:] NAME OP LITERAL</c>, such as <c>processing &lt; 50ms</c>, <c>http_status_code == 200</c>,
/// <c>warn: icmp_loss_ratio &lt; 10%</c>, <c>http_version == "2"</c>.
/// </summary>
public sealed partial class Assertion
{
    /// <summary>The name of the whole run's duration in seconds.</summary>
    public const string DurationName = "duration";

    private readonly string comparison;
    private readonly double? number;
    private readonly string literal;

    private Assertion(string text, bool warns, string name, string comparison, string literal, double? number)
    {
        (Text, Warns, Name) = (text, warns, name);
        (this.comparison, this.literal, this.number) = (comparison, literal, number);
    }

    /// <summary>As the user wrote it.</summary>
    public string Text { get; }

    /// <summary>Whether failing it degrades the run instead of failing it.</summary>
    public bool Warns { get; }

    /// <summary>The phase, measurement or attribute it looks at.</summary>
    public string Name { get; }

    /// <summary>Reads one for a kind; null with a problem added when it does not parse or names what the kind does not give.</summary>
    public static Assertion? Parse(string text, KindDescriptor kind, string path, Problems problems)
    {
        var match = Grammar.Match(text);
        if (!match.Success)
        {
            problems.Add(path, $"'{text}' is not of the form [warn:] NAME OP LITERAL, such as duration < 200ms");
            return null;
        }

        var name = match.Groups["name"].Value;
        if (!kind.AssertableNames.Contains(name))
        {
            problems.Add(path, $"{kind.Kind} gives no '{name}'; {Nearest.Hint(name, [.. kind.AssertableNames])}");
            return null;
        }

        var wanted = match.Groups["literal"].Value;
        var quoted = wanted.Length >= 2 && wanted[0] == '"';
        var op = match.Groups["op"].Value;
        var wantedNumber = quoted ? null : Number(wanted);
        if (wantedNumber is null && op is not ("==" or "!="))
        {
            problems.Add(path, $"'{wanted}' is not a number, so it can only be compared with == or !=");
            return null;
        }

        return new(text, match.Groups["warn"].Success, name, op, quoted ? wanted[1..^1] : wanted, wantedNumber);
    }

    /// <summary>Whether it holds. A value the run did not give fails.</summary>
    public bool Holds(Observation observation, TimeSpan duration) => Explain(observation, duration) is null;

    /// <summary>Null when it holds, else a sentence with what was seen.</summary>
    public string? Explain(Observation observation, TimeSpan duration)
    {
        if (Find(observation, duration) is not { } seen) return $"{Text}: the run gave no {Name}";
        var holds = number is { } wanted && seen.Number is { } value ? Compare(value.CompareTo(wanted)) : CompareText(seen.Text);
        return holds ? null : $"{Text}: it was {seen.Text}";
    }

    private (double? Number, string Text)? Find(Observation observation, TimeSpan duration)
    {
        if (Name == DurationName) return (duration.TotalSeconds, Seconds(duration.TotalSeconds));
        foreach (var phase in observation.Phases)
            if (phase.Key == Name) return (phase.Value, Seconds(phase.Value));
        foreach (var measurement in observation.Measurements)
            if (measurement.Key == Name) return (measurement.Value, measurement.Value.ToString("R", CultureInfo.InvariantCulture));
        foreach (var attribute in observation.Attributes)
            if (attribute.Key == Name) return (Number(attribute.Value), attribute.Value);
        return null;
    }

    private bool Compare(int order) => comparison switch
    {
        "<" => order < 0,
        "<=" => order <= 0,
        ">" => order > 0,
        ">=" => order >= 0,
        "==" => order == 0,
        _ => order != 0,
    };

    private bool CompareText(string text) => comparison switch
    {
        "==" => text == literal,
        "!=" => text != literal,
        _ => false,
    };

    private static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0.###}ms");

    // A plain number, a duration in seconds, or a percentage as a ratio.
    private static double? Number(string text)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var plain)) return plain;
        if (Durations.TryParse(text, out var duration)) return duration.TotalSeconds;
        if (text.EndsWith('%') && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var percent)) return percent / 100;
        return null;
    }

    [GeneratedRegex("""\A\s*(?<warn>warn:)?\s*(?<name>[A-Za-z_][A-Za-z0-9_]*)\s*(?<op><=|>=|==|!=|<|>)\s*(?<literal>"[^"]*"|\S+)\s*\z""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Grammar { get; }
}
