using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace Vedette.Probes.Ntp;

/// <summary>The four bytes that say what a server is set by (RFC 5905 section 7.3), for people.</summary>
internal static class ReferenceId
{
    /// <summary>
    /// Of stratum 1 the name of its source, beyond the address of the server's own server. Of one that speaks IPv6 to it the bytes are the start of a
    /// hash, which shows in nothing; the best guess is the family by which the server itself was asked.
    /// </summary>
    public static string Show(uint id, int stratum, bool v6) => stratum <= 1 ? Letters(id) ?? Hex(id) : v6 ? Hex(id) : Address(id);

    /// <summary>The letters that the bytes are, such as a kiss code; null where they are none.</summary>
    public static string? Letters(uint id)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, id);
        var letters = bytes.TrimEnd((byte)0);
        return letters.IsEmpty || letters.ContainsAnyExceptInRange((byte)0x20, (byte)0x7E) ? null : Encoding.ASCII.GetString(letters);
    }

    private static string Hex(uint id) => id.ToString("x8", CultureInfo.InvariantCulture);

    private static string Address(uint id)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, id);
        return new IPAddress(bytes).ToString();
    }
}
