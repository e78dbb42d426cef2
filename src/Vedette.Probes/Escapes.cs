using System.Buffers;
using System.Globalization;
using System.Text;

namespace Vedette.Probes;

/// <summary>Bytes as people type them: UTF-8 text with <c>\r \n \t \0 \\ \xHH</c>.</summary>
internal static class Escapes
{
    /// <summary>What is wrong with a text, or null.</summary>
    public static string? Refuse(string text) =>
        TryRead(text, out _) ? null : $"'{text}' has an escape that is none of \\r \\n \\t \\0 \\\\ \\xHH";

    /// <summary>Reads the bytes; false for an unknown or cut escape.</summary>
    public static bool TryRead(string text, out byte[] bytes)
    {
        var buffer = new ArrayBufferWriter<byte>(text.Length + 1);
        bytes = [];
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                var end = text.IndexOf('\\', i);
                if (end < 0) end = text.Length;
                Encoding.UTF8.GetBytes(text.AsSpan(i, end - i), buffer);
                i = end - 1;
            }
            else if (!TryReadOne(text, ref i, buffer))
            {
                return false;
            }
        }

        bytes = buffer.WrittenSpan.ToArray();
        return true;
    }

    /// <summary>The bytes of an option that <see cref="Refuse"/> found nothing wrong with; none where it is not set.</summary>
    public static byte[] Read(string? text) =>
        text is null ? [] : TryRead(text, out var bytes) ? bytes : throw new FormatException($"'{text}' has an unknown escape.");

    /// <summary>Writes bytes so that they can be read again: printable ASCII as it is, everything else as an escape.</summary>
    public static string Write(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var value in bytes)
            _ = value switch
            {
                (byte)'\r' => text.Append(@"\r"),
                (byte)'\n' => text.Append(@"\n"),
                (byte)'\t' => text.Append(@"\t"),
                (byte)'\\' => text.Append(@"\\"),
                >= 0x20 and < 0x7F => text.Append((char)value),
                _ => text.Append(CultureInfo.InvariantCulture, $@"\x{value:X2}"),
            };
        return text.ToString();
    }

    private static bool TryReadOne(string text, ref int i, ArrayBufferWriter<byte> buffer)
    {
        if (++i >= text.Length) return false;
        byte? value = text[i] switch { 'r' => (byte)'\r', 'n' => (byte)'\n', 't' => (byte)'\t', '0' => 0, '\\' => (byte)'\\', _ => null };
        if (value is null)
        {
            if (text[i] != 'x' || i + 2 >= text.Length) return false;
            if (!byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex)) return false;
            value = hex;
            i += 2;
        }

        buffer.Write([value.Value]);
        return true;
    }
}
