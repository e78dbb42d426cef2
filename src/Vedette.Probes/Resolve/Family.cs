namespace Vedette.Probes.Resolve;

/// <summary>Which addresses of a name a run may use.</summary>
internal enum Family
{
    /// <summary>The first one in the system's order (RFC 6724).</summary>
    Any,

    /// <summary>IPv4 only.</summary>
    V4,

    /// <summary>IPv6 only.</summary>
    V6,
}

/// <summary>Reads the option <c>family</c>.</summary>
internal static class Families
{
    public static Family Family(this OptionValues options) => options.Text(SharedOptions.Family.Name) switch
    {
        "4" => Resolve.Family.V4,
        "6" => Resolve.Family.V6,
        _ => Resolve.Family.Any,
    };
}
