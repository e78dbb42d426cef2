namespace Vedette.History;

/// <summary>
/// A column of whole numbers. What all have in common stands once: the smallest of them, or of their steps from one to the next when those
/// vary less; the rest takes as many bits as the one that differs most needs. Numbers that are the same, or grow by the same, take none.
/// </summary>
internal static class LongColumn
{
    private const byte Steps = 0x80;
    private const int MostBits = 64;

    /// <summary>Writes at least one number.</summary>
    public static void Write(BlockBytes bytes, ReadOnlySpan<long> values)
    {
        Span<ulong> above = stackalloc ulong[values.Length];
        Span<long> steps = stackalloc long[values.Length - 1];
        for (var i = 0; i < steps.Length; i++) steps[i] = unchecked(values[i + 1] - values[i]);
        var (least, width) = Range(values);
        var (leastStep, stepWidth) = steps.Length > 0 ? Range(steps) : (0, MostBits);
        if (width * values.Length <= stepWidth * steps.Length || steps.Length == 0)
        {
            bytes.Byte((byte)width);
            bytes.Signed(least);
            bytes.Packed(Above(values, least, above), width);
            return;
        }

        bytes.Byte((byte)(stepWidth | Steps));
        bytes.Signed(values[0]);
        bytes.Signed(leastStep);
        bytes.Packed(Above(steps, leastStep, above), stepWidth);
    }

    /// <summary>Reads as many as there is room for.</summary>
    public static void Read(ref BlockCursor cursor, scoped Span<long> values)
    {
        var head = cursor.Byte();
        var width = head & ~Steps;
        if (width > MostBits) throw new InvalidDataException("a column of a block is wider than a number");
        var first = cursor.Signed();
        Span<ulong> above = stackalloc ulong[values.Length];
        if ((head & Steps) == 0)
        {
            cursor.Packed(above, width);
            for (var i = 0; i < values.Length; i++) values[i] = unchecked(first + (long)above[i]);
            return;
        }

        var leastStep = cursor.Signed();
        cursor.Packed(above[1..], width);
        values[0] = first;
        for (var i = 1; i < values.Length; i++) values[i] = unchecked(values[i - 1] + leastStep + (long)above[i]);
    }

    private static (long Least, int Width) Range(ReadOnlySpan<long> values)
    {
        var (least, most) = (long.MaxValue, long.MinValue);
        foreach (var value in values) (least, most) = (Math.Min(least, value), Math.Max(most, value));
        return (least, BlockBytes.Width(unchecked((ulong)most - (ulong)least)));
    }

    private static ReadOnlySpan<ulong> Above(ReadOnlySpan<long> values, long least, Span<ulong> above)
    {
        for (var i = 0; i < values.Length; i++) above[i] = unchecked((ulong)values[i] - (ulong)least);
        return above[..values.Length];
    }
}
