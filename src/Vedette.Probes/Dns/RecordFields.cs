using System.Collections.Frozen;

namespace Vedette.Probes.Dns;

/// <summary>A part of a record's data.</summary>
internal enum RecordField
{
    /// <summary>8 bits.</summary>
    Number8,

    /// <summary>16 bits.</summary>
    Number16,

    /// <summary>32 bits.</summary>
    Number32,

    /// <summary>16 bits with the number of a type, written as its name.</summary>
    Type,

    /// <summary>Unix seconds in 32 bits, written <c>YYYYMMDDhhmmss</c> (RFC 4034 section 3.2).</summary>
    Time,

    /// <summary>An IPv4 address.</summary>
    Address4,

    /// <summary>An IPv6 address.</summary>
    Address6,

    /// <summary>A name.</summary>
    Name,

    /// <summary>A length and so many characters, in quotes.</summary>
    Text,

    /// <summary>The same without quotes (RFC 8659 section 4.1.1).</summary>
    Word,

    /// <summary>Texts to the end.</summary>
    Texts,

    /// <summary>One text of all that is left, without a length.</summary>
    RestText,

    /// <summary>All that is left, in hexadecimal.</summary>
    RestHex,

    /// <summary>All that is left, in base 64.</summary>
    RestBase64,

    /// <summary>A length and so many bytes in hexadecimal; <c>-</c> for none (RFC 5155 section 3.3).</summary>
    Salt,

    /// <summary>A length and so many bytes in base 32 with the extended alphabet (RFC 5155 section 3.3).</summary>
    Hash,

    /// <summary>A bitmap of types (RFC 4034 section 4.1.2).</summary>
    Types,

    /// <summary>Parameters of a service (RFC 9460 section 2.2).</summary>
    Parameters,
}

/// <summary>What the data of each type consists of. A type that is not here is opaque.</summary>
internal static class RecordFields
{
    private static readonly RecordField[] Digest = [RecordField.Number16, RecordField.Number8, RecordField.Number8, RecordField.RestHex];
    private static readonly RecordField[] Key = [RecordField.Number16, RecordField.Number8, RecordField.Number8, RecordField.RestBase64];
    private static readonly RecordField[] Association = [RecordField.Number8, RecordField.Number8, RecordField.Number8, RecordField.RestHex];
    private static readonly RecordField[] Service = [RecordField.Number16, RecordField.Name, RecordField.Parameters];
    private static readonly RecordField[] Preferred = [RecordField.Number16, RecordField.Name];

    private static readonly FrozenDictionary<ushort, RecordField[]> Known = new Dictionary<string, RecordField[]>
    {
        // RFC 1035 section 3.3 and 3.4, RFC 3596, RFC 1183, RFC 2230, RFC 6672.
        ["A"] = [RecordField.Address4],
        ["AAAA"] = [RecordField.Address6],
        ["NS"] = [RecordField.Name],
        ["CNAME"] = [RecordField.Name],
        ["DNAME"] = [RecordField.Name],
        ["PTR"] = [RecordField.Name],
        ["MB"] = [RecordField.Name],
        ["MG"] = [RecordField.Name],
        ["MR"] = [RecordField.Name],
        ["SOA"] = [RecordField.Name, RecordField.Name, RecordField.Number32, RecordField.Number32, RecordField.Number32, RecordField.Number32, RecordField.Number32],
        ["HINFO"] = [RecordField.Text, RecordField.Text],
        ["MINFO"] = [RecordField.Name, RecordField.Name],
        ["RP"] = [RecordField.Name, RecordField.Name],
        ["MX"] = Preferred,
        ["AFSDB"] = Preferred,
        ["RT"] = Preferred,
        ["KX"] = Preferred,
        ["TXT"] = [RecordField.Texts],
        ["SPF"] = [RecordField.Texts],

        // RFC 2782, RFC 3403 section 4.1, RFC 7553 section 4.5, RFC 8659 section 4.1, RFC 9460 section 2.2.
        ["SRV"] = [RecordField.Number16, RecordField.Number16, RecordField.Number16, RecordField.Name],
        ["NAPTR"] = [RecordField.Number16, RecordField.Number16, RecordField.Text, RecordField.Text, RecordField.Text, RecordField.Name],
        ["URI"] = [RecordField.Number16, RecordField.Number16, RecordField.RestText],
        ["CAA"] = [RecordField.Number8, RecordField.Word, RecordField.RestText],
        ["SVCB"] = Service,
        ["HTTPS"] = Service,

        // RFC 4034, RFC 5155, RFC 7344, RFC 7477, RFC 8976.
        ["DS"] = Digest,
        ["CDS"] = Digest,
        ["DNSKEY"] = Key,
        ["CDNSKEY"] = Key,
        ["RRSIG"] =
        [
            RecordField.Type, RecordField.Number8, RecordField.Number8, RecordField.Number32, RecordField.Time, RecordField.Time, RecordField.Number16, RecordField.Name,
            RecordField.RestBase64,
        ],
        ["NSEC"] = [RecordField.Name, RecordField.Types],
        ["NSEC3"] = [RecordField.Number8, RecordField.Number8, RecordField.Number16, RecordField.Salt, RecordField.Hash, RecordField.Types],
        ["NSEC3PARAM"] = [RecordField.Number8, RecordField.Number8, RecordField.Number16, RecordField.Salt],
        ["CSYNC"] = [RecordField.Number32, RecordField.Number16, RecordField.Types],
        ["ZONEMD"] = [RecordField.Number32, RecordField.Number8, RecordField.Number8, RecordField.RestHex],

        // RFC 4255, RFC 6698, RFC 8162, RFC 7929.
        ["SSHFP"] = [RecordField.Number8, RecordField.Number8, RecordField.RestHex],
        ["TLSA"] = Association,
        ["SMIMEA"] = Association,
        ["OPENPGPKEY"] = [RecordField.RestBase64],
    }.ToFrozenDictionary(type => DnsTypes.Number(type.Key)!.Value, type => type.Value);

    /// <summary>The parts of a type's data in their order; null for a type that is opaque.</summary>
    public static RecordField[]? Of(ushort type) => Known.GetValueOrDefault(type);
}
