using System.Collections;
using System.Collections.Immutable;

namespace Vedette;

/// <summary>
/// The <c>set</c> of a check: option names with their values as text, sorted by name and compared by content.
/// An option may hold several values (repeated headers). What they mean is the business of the kind's descriptor.
/// </summary>
public sealed class Parameters : IReadOnlyCollection<KeyValuePair<string, ImmutableArray<string>>>, IEquatable<Parameters>
{
    /// <summary>No option set.</summary>
    public static readonly Parameters Empty = new(ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty);

    private readonly ImmutableSortedDictionary<string, ImmutableArray<string>> values;

    private Parameters(ImmutableSortedDictionary<string, ImmutableArray<string>> values) => this.values = values;

    /// <inheritdoc/>
    public int Count => values.Count;

    /// <summary>All values of an option, empty when it is not set.</summary>
    public ImmutableArray<string> this[string name] => values.TryGetValue(name, out var found) ? found : [];

    /// <summary>The same with one option set to these values, replacing what it had.</summary>
    public Parameters With(string name, params ReadOnlySpan<string> given) => new(values.SetItem(name, [.. given]));

    /// <summary>The same without an option.</summary>
    public Parameters Without(string name) => new(values.Remove(name));

    /// <inheritdoc/>
    public bool Equals(Parameters? other) =>
        other is not null && Count == other.Count
        && values.Zip(other.values).All(pair => pair.First.Key == pair.Second.Key && pair.First.Value.SequenceEqual(pair.Second.Value));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Parameters);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var (name, texts) in values)
        {
            hash.Add(name);
            foreach (var text in texts) hash.Add(text);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, ImmutableArray<string>>> GetEnumerator() => values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
