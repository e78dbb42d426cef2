using System.Globalization;

namespace Vedette;

/// <summary>Describes one option of a kind well enough to check, document and complete it without the probe.</summary>
/// <param name="Name">The key under <c>set</c>.</param>
/// <param name="Type">How its value is written.</param>
/// <param name="Summary">One line for help and docs.</param>
public sealed record Option(string Name, OptionType Type, string Summary)
{
    /// <summary>What holds when it is not set; null when nothing does.</summary>
    public string? Default { get; init; }

    /// <summary>The only values allowed; empty when any is.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The smallest integer allowed.</summary>
    public long Least { get; init; } = long.MinValue;

    /// <summary>The largest integer allowed.</summary>
    public long Most { get; init; } = long.MaxValue;

    /// <summary>May be given several times, each value kept apart.</summary>
    public bool Repeatable { get; init; }

    /// <summary>Masked wherever it is shown.</summary>
    public bool Secret { get; init; }

    /// <summary>Says what is wrong with a value in its own grammar, or null.</summary>
    public Func<string, string?>? Refuse { get; init; }

    /// <summary>Says what is wrong with a value, or null when it will do.</summary>
    public string? Problem(string value)
    {
        if (Choices.Count > 0 && !Choices.Contains(value)) return $"'{value}' is not one of {string.Join(", ", Choices)}";
        return Type switch
        {
            OptionType.Boolean when value is not ("true" or "false") => $"'{value}' is neither true nor false",
            OptionType.Duration when !Durations.TryParse(value, out _) => $"'{value}' is not a duration such as 20ms, 2s or 1m",
            OptionType.Integer => IntegerProblem(value),
            _ => null,
        } ?? Refuse?.Invoke(value);
    }

    private string? IntegerProblem(string value)
    {
        if (!long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return $"'{value}' is not a whole number";
        if (number >= Least && number <= Most) return null;
        return string.Create(CultureInfo.InvariantCulture, $"{number} is outside {Least} to {Most}");
    }
}
