namespace Vedette.Probes.Traceroute;

/// <summary>What the packets of a trace are.</summary>
internal enum TraceMethod
{
    /// <summary>Datagrams to a port that nothing listens on.</summary>
    Udp,

    /// <summary>Echo requests.</summary>
    Icmp,

    /// <summary>The first packet of a connection.</summary>
    Tcp,
}

/// <summary>What a check asks of its traces.</summary>
/// <param name="Method">What to send.</param>
/// <param name="MaxHops">How far to look.</param>
/// <param name="Queries">Packets to a hop that answers.</param>
/// <param name="Port">Where to; 0 with ICMP.</param>
/// <param name="Flow">The source port to prefer, or the identifier of echo requests: the same in each run, so that routers that spread flows over
/// several ways choose the same one.</param>
internal sealed record TraceTerms(TraceMethod Method, int MaxHops, int Queries, ushort Port, ushort Flow)
{
    // Above what Linux gives out by itself (ip_local_port_range ends at 60999 by default).
    public const int FirstFlow = 61000;
    public const int Flows = 65536 - FirstFlow;

    public static TraceTerms From(string host, OptionValues options)
    {
        var method = options.Text("method") switch
        {
            "icmp" => TraceMethod.Icmp,
            "tcp" => TraceMethod.Tcp,
            _ => TraceMethod.Udp,
        };
        var port = method switch
        {
            TraceMethod.Udp => options.Integer("port") ?? 33434,
            TraceMethod.Tcp => options.Integer("port") ?? 80,
            _ => 0,
        };
        var flow = FirstFlow + (Fnv.Hash($"{method} {host} {port}") % Flows);
        return new(method, options.Integer("maxHops")!.Value, options.Integer("queries")!.Value, (ushort)port, (ushort)flow);
    }
}
