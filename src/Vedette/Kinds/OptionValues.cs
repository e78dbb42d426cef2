using System.Collections.Immutable;
using System.Globalization;

namespace Vedette;

/// <summary>
/// The options of one check as typed values, defaults filled in. Only for parameters that
/// <see cref="KindDescriptor.Validate"/> found no problem with: it throws <see cref="FormatException"/> for others.
/// </summary>
public sealed class OptionValues(KindDescriptor kind, Parameters parameters)
{
    /// <summary>Whether the check sets the option itself.</summary>
    public bool IsSet(string name) => !parameters[name].IsEmpty;

    /// <summary>The text, or null without value and default.</summary>
    public string? Text(string name)
    {
        var values = parameters[name];
        return values.IsEmpty ? Describe(name).Default : values[^1];
    }

    /// <summary>All values: of a repeatable option each, of a list its parts without blanks around them.</summary>
    public ImmutableArray<string> Texts(string name)
    {
        var option = Describe(name);
        var values = parameters[name];
        if (values.IsEmpty) values = option.Default is null ? [] : [option.Default];
        return option.Type == OptionType.List
            ? [.. values.SelectMany(v => v.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))]
            : values;
    }

    /// <summary>The number, or null without value and default.</summary>
    public int? Integer(string name) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>True only for <c>true</c>.</summary>
    public bool Flag(string name) => Text(name) == "true";

    /// <summary>The duration, or null without value and default.</summary>
    public TimeSpan? Duration(string name) => Text(name) switch
    {
        null => null,
        var text when Durations.TryParse(text, out var duration) => duration,
        var text => throw new FormatException($"Option '{name}' holds '{text}', which is not a duration."),
    };

    private Option Describe(string name) =>
        kind.Option(name) ?? throw new ArgumentException($"Kind '{kind.Kind}' has no option '{name}'.", nameof(name));
}
