using System.Buffers;
using System.Globalization;
using System.Text;

namespace Vedette.Metrics;

/// <summary>One line under construction, in room asked of the output once.</summary>
internal ref struct Line(IBufferWriter<byte> output, int atMost)
{
    /// <summary>No number is longer; the longest double is 24 bytes, the longest long 20.</summary>
    public const int LongestNumber = 32;

    private readonly Span<byte> room = output.GetSpan(atMost);
    private int length;

    /// <summary>Room that a text needs however it is escaped: a UTF-16 unit gives at most three bytes, an escape two.</summary>
    public static int RoomFor(string text) => checked(text.Length * 3);

    public void Literal(scoped ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(room[length..]);
        length += utf8.Length;
    }

    /// <summary>Surrogates without their other half become U+FFFD.</summary>
    public void Text(scoped ReadOnlySpan<char> text) => length += Encoding.UTF8.GetBytes(text, room[length..]);

    public void Escaped(scoped ReadOnlySpan<char> text, SearchValues<char> special)
    {
        for (int at; (at = text.IndexOfAny(special)) >= 0; text = text[(at + 1)..])
        {
            Text(text[..at]);
            room[length++] = (byte)'\\';
            room[length++] = text[at] == '\n' ? (byte)'n' : (byte)text[at];
        }

        Text(text);
    }

    public void Number(long value)
    {
        value.TryFormat(room[length..], out var written, default, CultureInfo.InvariantCulture);
        length += written;
    }

    /// <summary>The shortest form that reads back as the same value.</summary>
    public void Number(double value, string format = "")
    {
        if (double.IsFinite(value))
        {
            value.TryFormat(room[length..], out var written, format, CultureInfo.InvariantCulture);
            length += written;
        }
        else
        {
            Literal(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "+Inf"u8 : "-Inf"u8);
        }
    }

    /// <summary>
    /// An upper bound. It is a label value, so the same bound has to give the same text everywhere: what Go prints with <c>%g</c>, which
    /// OpenMetrics wants to have a point or an exponent (OpenMetrics 1.0, canonical numbers).
    /// </summary>
    public void Bound(double value, bool openMetrics)
    {
        var start = length;
        // Go goes over to exponents at a million, .NET at 1E+16.
        Number(value, Math.Abs(value) is >= 1e6 and < 1e16 ? "0.##############e+00" : "");
        if (room[start..length].IndexOf((byte)'E') is var exponent and >= 0) room[start + exponent] = (byte)'e';
        else if (openMetrics && !room[start..length].ContainsAny(".eI"u8)) Literal(".0"u8);
    }

    public readonly void End()
    {
        room[length] = (byte)'\n';
        output.Advance(length + 1);
    }
}
