using System.Collections;

namespace Vedette;

/// <summary>The kinds this program knows, in the order they are shown.</summary>
public sealed class Catalogue(params IEnumerable<KindDescriptor> kinds) : IReadOnlyList<KindDescriptor>
{
    private readonly KindDescriptor[] list = [.. kinds];

    /// <inheritdoc/>
    public int Count => list.Length;

    /// <inheritdoc/>
    public KindDescriptor this[int index] => list[index];

    /// <summary>The descriptor of a kind, or null.</summary>
    public KindDescriptor? Find(string kind) => list.FirstOrDefault(descriptor => descriptor.Kind == kind);

    /// <inheritdoc/>
    public IEnumerator<KindDescriptor> GetEnumerator() => ((IEnumerable<KindDescriptor>)list).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => list.GetEnumerator();
}
