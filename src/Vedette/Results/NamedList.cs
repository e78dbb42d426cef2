using System.Collections;

namespace Vedette;

/// <summary>Makes lists.</summary>
public static class NamedList
{
    /// <summary>One of entries that nobody else holds: the array is its own from now on.</summary>
    public static NamedList<T> Owning<T>(KeyValuePair<string, T>[] items) => NamedList<T>.Take(items);
}

/// <summary>A short ordered list of name and value, compared by content. Names are unique; looking one up is linear.</summary>
/// <typeparam name="T">The value: seconds of a phase, a measurement, the text of an attribute or label.</typeparam>
public sealed class NamedList<T> : IReadOnlyList<KeyValuePair<string, T>>, IEquatable<NamedList<T>>
{
    /// <summary>The list without entries.</summary>
    public static readonly NamedList<T> Empty = new([]);

    private readonly KeyValuePair<string, T>[] items;

    /// <summary>Takes the entries in their order.</summary>
    public NamedList(params IEnumerable<KeyValuePair<string, T>> items)
        : this([.. items])
    {
    }

    private NamedList(KeyValuePair<string, T>[] items) => this.items = items;

    internal static NamedList<T> Take(KeyValuePair<string, T>[] items) => new(items);

    /// <inheritdoc/>
    public int Count => items.Length;

    /// <inheritdoc/>
    public KeyValuePair<string, T> this[int index] => items[index];

    /// <summary>The value under a name (ordinal comparison); false when there is none.</summary>
    public bool TryGet(string name, out T value)
    {
        foreach (var item in items)
            if (item.Key == name)
            {
                value = item.Value;
                return true;
            }

        value = default!;
        return false;
    }

    /// <inheritdoc/>
    public bool Equals(NamedList<T>? other) => other is not null && items.AsSpan().SequenceEqual(other.items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NamedList<T>);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var item in items) hash.Add(item);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, T>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, T>>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => items.GetEnumerator();
}
