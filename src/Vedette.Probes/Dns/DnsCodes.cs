using System.Globalization;

namespace Vedette.Probes.Dns;

/// <summary>The codes of answers: names as dig prints them (IANA "Domain Name System (DNS) Parameters").</summary>
internal static class DnsCodes
{
    public const int NoError = 0;
    public const int FormatError = 1;
    public const int ServerFailure = 2;
    public const int NameError = 3;
    public const int NotImplemented = 4;
    public const int Refused = 5;

    private const string Numbered = "RCODE";

    // RFC 6895 section 2.3; 16 to 23 need EDNS to be said.
    private static readonly string[] Rcodes =
    [
        "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE", "DSOTYPENI",
        "", "", "", "", "BADVERS", "BADKEY", "BADTIME", "BADMODE", "BADNAME", "BADALG", "BADTRUNC", "BADCOOKIE",
    ];

    // RFC 8914 section 4, in their order from 0, and what was registered since.
    private static readonly string[] ExtendedErrors =
    [
        "Other", "Unsupported DNSKEY Algorithm", "Unsupported DS Digest Type", "Stale Answer", "Forged Answer", "DNSSEC Indeterminate", "DNSSEC Bogus", "Signature Expired",
        "Signature Not Yet Valid", "DNSKEY Missing", "RRSIGs Missing", "No Zone Key Bit Set", "NSEC Missing", "Cached Error", "Not Ready", "Blocked", "Censored", "Filtered",
        "Prohibited", "Stale NXDOMAIN Answer", "Not Authoritative", "Not Supported", "No Reachable Authority", "Network Error", "Invalid Data",
    ];

    /// <summary>The name of a response code, or <c>RCODE14</c>.</summary>
    public static string Rcode(int code) =>
        code < Rcodes.Length && Rcodes[code].Length > 0 ? Rcodes[code] : string.Create(CultureInfo.InvariantCulture, $"{Numbered}{code}");

    /// <summary>The response code of a name, or of <c>RCODE14</c>; null for neither.</summary>
    public static int? Rcode(string name)
    {
        if (name.Length == 0) return null;
        if (Array.FindIndex(Rcodes, known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is var code and >= 0) return code;
        if (!name.StartsWith(Numbered, StringComparison.OrdinalIgnoreCase)) return null;

        // RFC 6891 section 6.1.3: twelve bits with EDNS.
        return ushort.TryParse(name.AsSpan(Numbered.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 4096 ? number : null;
    }

    /// <summary>What is wrong with a list of response codes, or null.</summary>
    public static string? Refuse(string list)
    {
        foreach (var name in list.Split(',', StringSplitOptions.TrimEntries))
            if (Rcode(name) is null) return $"'{name}' is not a response code; {Nearest.Hint(name, [.. Rcodes.Where(known => known.Length > 0)])}";
        return null;
    }

    /// <summary>The name of a class (RFC 1035 section 3.2.4), or <c>CLASS42</c> (RFC 3597 section 5).</summary>
    public static string Class(int code) => code switch
    {
        1 => "IN",
        3 => "CH",
        4 => "HS",
        _ => string.Create(CultureInfo.InvariantCulture, $"CLASS{code}"),
    };

    /// <summary>The name of an extended error.</summary>
    public static string ExtendedError(int code) => code < ExtendedErrors.Length ? ExtendedErrors[code] : "unassigned";
}
