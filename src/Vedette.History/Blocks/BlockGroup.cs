namespace Vedette.History;

/// <summary>A group of results within a block, not read yet.</summary>
internal readonly ref struct BlockGroup
{
    /// <summary>How many results it holds.</summary>
    public int Count { get; private init; }

    /// <summary>Its first slot, in microseconds since the Unix epoch.</summary>
    public long First { get; private init; }

    /// <summary>Its last slot.</summary>
    public long Last { get; private init; }

    /// <summary>Its columns.</summary>
    public ReadOnlySpan<byte> Body { get; private init; }

    public static BlockGroup Read(ref BlockCursor cursor)
    {
        var count = cursor.Count(BlockWriter.GroupSize);
        if (count == 0) throw new InvalidDataException("a group of a block is empty");
        var first = cursor.Signed();
        return new() { Count = count, First = first, Last = unchecked(first + (long)cursor.Varint()), Body = cursor.Sized() };
    }
}
