using System.Collections.Frozen;
using System.Globalization;

namespace Vedette.Probes.Dns;

/// <summary>Types of records: their names and numbers (IANA "Domain Name System (DNS) Parameters"; RFC 3597 section 5 for the others).</summary>
internal static class DnsTypes
{
    public const ushort A = 1;
    public const ushort Cname = 5;
    public const ushort Soa = 6;
    public const ushort Ptr = 12;
    public const ushort Txt = 16;
    public const ushort Dname = 39;
    public const ushort Opt = 41;
    public const ushort Spf = 99;

    private const string Numbered = "TYPE";

    private static readonly (string Name, ushort Number)[] Known =
    [
        ("A", A), ("NS", 2), ("CNAME", Cname), ("SOA", Soa), ("MB", 7), ("MG", 8), ("MR", 9), ("PTR", Ptr), ("HINFO", 13), ("MINFO", 14), ("MX", 15), ("TXT", Txt), ("RP", 17),
        ("AFSDB", 18), ("RT", 21), ("SIG", 24), ("KEY", 25), ("AAAA", 28), ("LOC", 29), ("SRV", 33), ("NAPTR", 35), ("KX", 36), ("CERT", 37), ("DNAME", Dname), ("OPT", Opt),
        ("APL", 42), ("DS", 43), ("SSHFP", 44), ("IPSECKEY", 45), ("RRSIG", 46), ("NSEC", 47), ("DNSKEY", 48), ("DHCID", 49), ("NSEC3", 50), ("NSEC3PARAM", 51), ("TLSA", 52),
        ("SMIMEA", 53), ("HIP", 55), ("CDS", 59), ("CDNSKEY", 60), ("OPENPGPKEY", 61), ("CSYNC", 62), ("ZONEMD", 63), ("SVCB", 64), ("HTTPS", 65), ("SPF", Spf), ("EUI48", 108),
        ("EUI64", 109), ("URI", 256), ("CAA", 257),
    ];

    private static readonly FrozenDictionary<string, ushort> Numbers = Known.ToFrozenDictionary(type => type.Name, type => type.Number, StringComparer.OrdinalIgnoreCase);
    private static readonly FrozenDictionary<ushort, string> Names = Known.ToFrozenDictionary(type => type.Number, type => type.Name);

    /// <summary>The name, or <c>TYPE65280</c>.</summary>
    public static string Name(ushort type) => Names.TryGetValue(type, out var name) ? name : string.Create(CultureInfo.InvariantCulture, $"{Numbered}{type}");

    /// <summary>The number of a name, or of <c>TYPE65280</c>; null for neither.</summary>
    public static ushort? Number(string name)
    {
        if (Numbers.TryGetValue(name, out var known)) return known;
        if (!name.StartsWith(Numbered, StringComparison.OrdinalIgnoreCase)) return null;
        return ushort.TryParse(name.AsSpan(Numbered.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>What is wrong with a type to ask for, or null.</summary>
    public static string? Refuse(string name)
    {
        if (name.Equals("ANY", StringComparison.OrdinalIgnoreCase)) return "ANY says nothing of any type in particular (RFC 8482); ask for one";
        if (Number(name) is not { } type) return $"'{name}' is not a type of records; {Nearest.Hint(name, [.. Numbers.Keys])}, or write it as a number: TYPE65280";

        // RFC 6895 section 3.1: what is asked for but never stored, such as zone transfers, and what is only part of messages.
        return type is 0 or Opt or (>= 128 and <= 255) ? $"{Name(type)} is not a type that records have; ask for another" : null;
    }
}
