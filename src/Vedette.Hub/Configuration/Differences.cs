using System.Globalization;
using Vedette.Hub.Checks;
using Vedette.State;

namespace Vedette.Hub.Configuration;

/// <summary>What differs between a check as it is and as it is to be, key by key.</summary>
internal static class Differences
{
    /// <summary>Every key whose value changes, in the order in which a check is written.</summary>
    public static IReadOnlyList<ValueChange> Of(CheckRecord before, Check check, Origin origin, Lifecycle lifecycle, KindDescriptor? kind)
    {
        var was = Flatten(before.Check, before.Origin, before.Lifecycle, kind);
        var becomes = Flatten(check, origin, lifecycle, kind);
        var changes = was.Keys.Union(becomes.Keys).Select(path => (Path: path, Was: was.GetValueOrDefault(path), Becomes: becomes.GetValueOrDefault(path))).Where(pair => pair.Was != pair.Becomes);
        return [.. changes.Select(pair => new ValueChange(pair.Path, pair.Was?.Shown, pair.Becomes?.Shown))];
    }

    // The keys come in the order of their first sight. What is compared is the value, what is shown of a secret is where it comes from.
    private static Dictionary<string, Value> Flatten(Check check, Origin origin, Lifecycle lifecycle, KindDescriptor? kind)
    {
        var values = new Dictionary<string, Value>();
        Put("target", check.Target);
        if (check.Name is { } name) Put("name", name);
        Put("every", Durations.Format(check.Interval));
        Put("timeout", Durations.Format(check.Timeout));
        foreach (var (option, texts) in check.Parameters) values[$"set.{option}"] = kind?.Option(option) is { Secret: false } ? Plain(Joined(texts)) : Hidden(option, texts, origin);
        if (check.Assertions.Count > 0) Put("assert", Joined(check.Assertions));
        Put("agents", Joined(check.Agents));
        Put("failAfter", check.FailAfter.ToString(CultureInfo.InvariantCulture));
        Put("recoverAfter", check.RecoverAfter.ToString(CultureInfo.InvariantCulture));
        Put("downWhen", check.DownWhen);
        if (check.DependsOn.Count > 0) Put("dependsOn", Joined(check.DependsOn));
        foreach (var (label, text) in check.Labels) Put($"labels.{label}", text);
        Put("lifecycle", lifecycle.ToString().ToLowerInvariant());
        if (origin.Owner is { } owner) Put("owner", owner);
        return values;

        void Put(string path, string text) => values[path] = Plain(text);
    }

    private static Value Plain(string text) => new(text, text);

    private static Value Hidden(string option, IReadOnlyList<string> texts, Origin origin)
    {
        var shown = Joined(texts.Select((_, index) => origin.Secrets.TryGet(CheckEntry.Place(option, index), out var source) ? source : KindDescriptor.SecretMask));
        return new(Joined(texts.Append(shown)), shown);
    }

    private static string Joined(IEnumerable<string> texts) => string.Join(", ", texts);

    private sealed record Value(string Compared, string Shown);
}
