using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace Vedette.Probes.Dns;

/// <summary>One parameter of an SVCB or HTTPS record (RFC 9460 section 7, and section 2.1 for those without a name).</summary>
internal static class ServiceParameter
{
    private static readonly string[] Names = ["mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint", "dohpath"];

    /// <summary>Writes <c>key=value</c>; false when the value is not what its key says it is.</summary>
    public static bool TryWrite(ushort key, ReadOnlySpan<byte> value, StringBuilder text)
    {
        text.Append(Name(key));
        if (value.IsEmpty) return key is 2 or >= 8;
        text.Append('=');
        return key switch
        {
            0 => TryWriteList(value, 2, text, static keys => Name(BinaryPrimitives.ReadUInt16BigEndian(keys))),
            1 => TryWriteProtocols(value, text),
            2 => false,
            3 => TryWriteList(value, 2, text, static port => BinaryPrimitives.ReadUInt16BigEndian(port).ToString(CultureInfo.InvariantCulture)) && value.Length == 2,
            4 => TryWriteList(value, 4, text, static address => new IPAddress(address).ToString()),
            5 => Write(Convert.ToBase64String(value), text),
            6 => TryWriteList(value, 16, text, static address => new IPAddress(address).ToString()),
            _ => WriteQuoted(value, text),
        };
    }

    private static string Name(ushort key) => key < Names.Length ? Names[key] : string.Create(CultureInfo.InvariantCulture, $"key{key}");

    private static bool TryWriteList(ReadOnlySpan<byte> value, int size, StringBuilder text, Func<ReadOnlySpan<byte>, string> write)
    {
        if (value.Length % size != 0) return false;
        for (var at = 0; at < value.Length; at += size) text.Append(at > 0 ? "," : "").Append(write(value.Slice(at, size)));
        return true;
    }

    // Section 7.1.1 and appendix A.1: a list within a character string, so a comma or backslash of a name is escaped twice.
    private static bool TryWriteProtocols(ReadOnlySpan<byte> value, StringBuilder text)
    {
        text.Append('"');
        for (var at = 0; at < value.Length; at += value[at] + 1)
        {
            if (value[at] == 0 || at + value[at] >= value.Length) return false;
            if (at > 0) text.Append(',');
            foreach (var b in value.Slice(at + 1, value[at]))
            {
                if (b is (byte)',' or (byte)'\\') text.Append(@"\\");
                CharacterString.Append(text, b);
            }
        }

        text.Append('"');
        return true;
    }

    private static bool WriteQuoted(ReadOnlySpan<byte> value, StringBuilder text)
    {
        text.Append('"');
        foreach (var b in value) CharacterString.Append(text, b);
        text.Append('"');
        return true;
    }

    private static bool Write(string value, StringBuilder text)
    {
        text.Append(value);
        return true;
    }
}
