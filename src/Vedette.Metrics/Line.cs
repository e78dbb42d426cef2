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
    public void Number(double value)
    {
        if (double.IsFinite(value))
        {
            value.TryFormat(room[length..], out var written, default, CultureInfo.InvariantCulture);
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
        Number(value);
        if (!double.IsFinite(value)) return;
        if (room[start..length].IndexOf((byte)'E') is var exponent and >= 0) room[start + exponent] = (byte)'e';
        else if (Math.Abs(value) >= 1e6) Scientific(start);
        else if (openMetrics && room[start..length].IndexOf((byte)'.') < 0) Literal(".0"u8);
    }

    public readonly void End()
    {
        room[length] = (byte)'\n';
        output.Advance(length + 1);
    }

    /// <summary>Rewrites plain digits of a million and above: <c>2500000</c> becomes <c>2.5e+06</c>.</summary>
    private void Scientific(int start)
    {
        if (room[start] == '-') start++;
        Span<byte> digits = stackalloc byte[LongestNumber];
        var plain = room[start..length];
        var point = plain.IndexOf((byte)'.');
        var whole = point < 0 ? plain.Length : point;
        plain[..whole].CopyTo(digits);
        if (point >= 0) plain[(point + 1)..].CopyTo(digits[whole..]);
        digits = digits[..(point < 0 ? whole : plain.Length - 1)].TrimEnd((byte)'0');

        length = start;
        Literal(digits[..1]);
        if (digits.Length > 1) Literal("."u8);
        Literal(digits[1..]);
        Literal(whole - 1 < 10 ? "e+0"u8 : "e+"u8);
        Number(whole - 1L);
    }
}
