namespace Vedette.History;

/// <summary>
/// A column of numbers, read back bit for bit: as whole numbers when all are, as nanoseconds when all are so many (durations come from clocks
/// that count them), else as their bits.
/// </summary>
internal static class DoubleColumn
{
    private const double PerSecond = 1e9;
    private const double LargestWhole = 1L << 53;

    private enum Form : byte
    {
        Whole,
        Nanoseconds,
        Bits,
    }

    /// <summary>Writes at least one number.</summary>
    public static void Write(BlockBytes bytes, ReadOnlySpan<double> values)
    {
        Span<long> longs = stackalloc long[values.Length];
        var form = Form.Whole;
        while (!TryWrite(values, longs, form)) form++;
        bytes.Byte((byte)form);
        LongColumn.Write(bytes, longs);
    }

    /// <summary>Reads as many as there is room for.</summary>
    public static void Read(ref BlockCursor cursor, Span<double> values)
    {
        var form = (Form)cursor.Byte();
        if (form > Form.Bits) throw new InvalidDataException("a column of a block is of no known form");
        Span<long> longs = stackalloc long[values.Length];
        LongColumn.Read(ref cursor, longs);
        for (var i = 0; i < values.Length; i++) values[i] = From(longs[i], form);
    }

    private static bool TryWrite(ReadOnlySpan<double> values, Span<long> longs, Form form)
    {
        for (var i = 0; i < values.Length; i++)
        {
            longs[i] = To(values[i], form);
            if (BitConverter.DoubleToInt64Bits(From(longs[i], form)) != BitConverter.DoubleToInt64Bits(values[i])) return false;
        }

        return true;
    }

    private static long To(double value, Form form) => form switch
    {
        Form.Bits => BitConverter.DoubleToInt64Bits(value),
        Form.Nanoseconds => Math.Abs(value) < LargestWhole / PerSecond ? (long)Math.Round(value * PerSecond) : 0,
        _ => Math.Abs(value) < LargestWhole ? (long)value : 0,
    };

    private static double From(long value, Form form) => form switch
    {
        Form.Bits => BitConverter.Int64BitsToDouble(value),
        Form.Nanoseconds => value / PerSecond,
        _ => value,
    };
}
