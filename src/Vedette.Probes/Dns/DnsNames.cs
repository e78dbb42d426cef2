using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Vedette.Probes.Dns;

/// <summary>
/// Names in the form of messages (RFC 1035 section 3.1: labels with their lengths, the root at the end) and of zone files (section 5.1: dots
/// between labels and at the end, <c>\.</c> and <c>\DDD</c> for bytes that are not to be seen or mean something else).
/// </summary>
internal static class DnsNames
{
    /// <summary>The longest name in a message, with the lengths of its labels (RFC 1035 section 2.3.4).</summary>
    public const int Longest = 255;

    private const int LongestLabel = 63;

    // A name has at most 127 labels, so no honest one jumps more often.
    private const int MostJumps = 127;

    private const string Special = "@$\"().;\\";

    private static readonly SearchValues<char> Plain = SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c).Except(Special)]);

    private static readonly IdnMapping Idn = new();

    /// <summary>Reads the name at a position, which moves behind it, and writes it out without compression.</summary>
    /// <param name="message">The whole message, since pointers count from its beginning.</param>
    /// <param name="at">Where it begins; behind it afterwards.</param>
    /// <param name="name">Takes it; <see cref="Longest"/> bytes.</param>
    /// <returns>Its length; 0 when it leaves the message, is too long, or its pointers do not lead strictly backwards.</returns>
    public static int Read(ReadOnlySpan<byte> message, ref int at, Span<byte> name)
    {
        var (from, begin, behind, length, jumps) = (at, at, -1, 0, 0);
        while (from < message.Length)
        {
            int label = message[from];
            if (label > LongestLabel)
            {
                // RFC 1035 section 4.1.4. A pointer to before everything read so far cannot come to a loop (RFC 9267 section 2).
                if (label < 0xC0 || from + 1 >= message.Length) return 0;
                var target = ((label & 0x3F) << 8) | message[from + 1];
                if (target >= begin || target < DnsReader.HeaderSize || ++jumps > MostJumps) return 0;
                if (behind < 0) behind = from + 2;
                from = begin = target;
                continue;
            }

            if (from + label >= message.Length || length + label >= Longest) return 0;
            message.Slice(from, label + 1).CopyTo(name[length..]);
            (length, from) = (length + label + 1, from + label + 1);
            if (label > 0) continue;
            at = behind < 0 ? from : behind;
            return length;
        }

        return 0;
    }

    /// <summary>Whether two names in the form of messages are the same (RFC 4343: the case of ASCII letters does not matter).</summary>
    public static bool AreSame(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        if (one.Length != other.Length) return false;
        // A length is at most 63 and so never taken for a letter.
        for (var i = 0; i < one.Length; i++)
            if (Fold(one[i]) != Fold(other[i])) return false;
        return true;
    }

    /// <summary>Writes a name as in zone files, with the final dot.</summary>
    public static void Append(StringBuilder text, ReadOnlySpan<byte> name)
    {
        if (name[0] == 0) text.Append('.');
        for (var at = 0; name[at] > 0; at += name[at] + 1)
        {
            foreach (var b in name.Slice(at + 1, name[at])) AppendByte(text, b);
            text.Append('.');
        }
    }

    /// <summary>A name as in zone files, with the final dot.</summary>
    public static string ToText(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder(name.Length);
        Append(text, name);
        return text.ToString();
    }

    /// <summary>
    /// Reads a name that somebody typed: with or without the final dot, in any script (RFC 5890; what is typed is made lower case), with the
    /// escapes of zone files.
    /// </summary>
    /// <param name="text">The name; <c>.</c> is the root.</param>
    /// <param name="problem">What is wrong with it, in a sentence.</param>
    /// <returns>The form of messages; null with a problem.</returns>
    public static byte[]? Parse(string text, out string? problem)
    {
        problem = null;
        if (text == ".") return [0];
        var name = new List<byte>(text.Length + 2);
        foreach (var label in Labels(text))
        {
            var bytes = LabelBytes(label);
            if (bytes is null) problem = $"'{text}' is not a name: '{label}' is no part of one; blanks and the like are written as \\DDD";
            else if (bytes.Count is 0 or > LongestLabel) problem = $"'{text}' is not a name: each part between dots has 1 to {LongestLabel} characters";
            else if (name.Count + bytes.Count + 2 > Longest) problem = $"'{text}' is too long: a name has at most 253 characters";
            if (problem is not null) return null;
            name.Add((byte)bytes!.Count);
            name.AddRange(bytes);
        }

        return [.. name, 0];
    }

    /// <summary>The name under which an address is looked up backwards (RFC 1035 section 3.5, RFC 3596 section 2.5).</summary>
    public static string Reverse(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        Array.Reverse(bytes);
        return address.AddressFamily == AddressFamily.InterNetwork
            ? $"{string.Join('.', bytes)}.in-addr.arpa."
            : $"{string.Join('.', bytes.Select(b => string.Create(CultureInfo.InvariantCulture, $"{b & 15:x}.{b >> 4:x}")))}.ip6.arpa.";
    }

    private static void AppendByte(StringBuilder text, byte b)
    {
        if (b is <= (byte)' ' or > (byte)'~') text.Append(CultureInfo.InvariantCulture, $"\\{b:000}");
        else if (Special.Contains((char)b)) text.Append('\\').Append((char)b);
        else text.Append((char)b);
    }

    private static byte Fold(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;

    // RFC 3490 section 3.1: three more characters are dots to those who type in other scripts.
    private static IEnumerable<string> Labels(string text)
    {
        var (begin, end) = (0, text.Length);
        for (var i = 0; i < end; i++)
        {
            if (text[i] == '\\') i++;
            else if (text[i] is '.' or '\u3002' or '\uFF0E' or '\uFF61')
            {
                yield return text[begin..i];
                begin = i + 1;
            }
        }

        if (begin < end || begin == 0) yield return text[begin..];
    }

    private static List<byte>? LabelBytes(string label)
    {
        if (ToAscii(label) is not { } ascii) return null;
        var bytes = new List<byte>(ascii.Length);
        for (var i = 0; i < ascii.Length; i++)
        {
            var b = ascii[i] == '\\' ? Unescape(ascii, ref i) : Plain.Contains(ascii[i]) ? ascii[i] : -1;
            if (b < 0) return null;
            bytes.Add((byte)b);
        }

        return bytes;
    }

    private static string? ToAscii(string label)
    {
        if (Ascii.IsValid(label)) return label;
        try
        {
            return Idn.GetAscii(label.ToLowerInvariant());
        }
        catch (ArgumentException)
        {
            // That is how it says that a label cannot be encoded, or not within 63 characters.
            return null;
        }
    }

    private static int Unescape(string label, ref int i)
    {
        if (++i >= label.Length) return -1;
        if (!char.IsAsciiDigit(label[i])) return label[i] is > ' ' and <= '~' ? label[i] : -1;
        if (i + 2 >= label.Length || !byte.TryParse(label.AsSpan(i, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var b)) return -1;
        i += 2;
        return b;
    }
}
