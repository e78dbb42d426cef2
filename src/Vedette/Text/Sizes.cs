using System.Buffers;
using System.Globalization;

namespace Vedette;

/// <summary>Sizes as people write them: a number and one of <c>B KiB MiB GiB TiB</c>, such as <c>512MiB</c> or <c>1.5GiB</c>.</summary>
public static class Sizes
{
    private static readonly (string Unit, long Bytes)[] Units = [("B", 1), ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40)];

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    /// <summary>Reads one; false for anything without a unit, negative, or beyond what a <see cref="long"/> holds.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        var digits = text.IndexOfAnyExcept(Digits);
        if (digits <= 0 || !double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
        foreach (var (unit, size) in Units)
            if (text[digits..].SequenceEqual(unit) && number * size < long.MaxValue)
            {
                bytes = (long)(number * size);
                return true;
            }

        return false;
    }

    /// <summary>Writes it in the largest unit that keeps it a whole number, so that reading it again gives the same.</summary>
    public static string Format(long bytes)
    {
        var (unit, size) = Units.Last(one => bytes % one.Bytes == 0 && (bytes >= one.Bytes || one.Bytes == 1));
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / size}{unit}");
    }
}
