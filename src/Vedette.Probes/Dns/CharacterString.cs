using System.Globalization;
using System.Text;

namespace Vedette.Probes.Dns;

/// <summary>Characters of a text in a record, which may be any bytes (RFC 1035 section 5.1).</summary>
internal static class CharacterString
{
    /// <summary>Writes one as it stands between quotes: bytes outside of printable ASCII as <c>\DDD</c>.</summary>
    public static void Append(StringBuilder text, byte b)
    {
        if (b is < (byte)' ' or > (byte)'~') text.Append(CultureInfo.InvariantCulture, $"\\{b:000}");
        else if (b is (byte)'"' or (byte)'\\') text.Append('\\').Append((char)b);
        else text.Append((char)b);
    }
}
