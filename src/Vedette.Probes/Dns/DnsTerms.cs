using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;

namespace Vedette.Probes.Dns;

/// <summary>What a check of this kind asks, of whom, and what it takes for an answer.</summary>
internal sealed class DnsTerms
{
    private const int Port = 53;

    /// <summary>Reads target and options.</summary>
    public DnsTerms(string target, OptionValues options)
    {
        var address = Address(target);
        var name = DnsNames.Parse(address is null ? target : DnsNames.Reverse(address), out var problem) ?? throw new FormatException(problem);
        var type = address is not null && !options.IsSet("type") ? DnsTypes.Ptr : DnsTypes.Number(options.Text("type")!)!.Value;
        Query = new DnsQuery(name, type, options.Flag("recursion"));
        if (options.Text("server") is { } server) Server = Split(server);
        OverTcp = options.Text("transport") == "tcp";
        Expected = options.IsSet("expect") ? new ExpectedAnswers(type, options.Texts("expect")) : null;
        Rcodes = options.Texts("expectRcode").Select(code => DnsCodes.Rcode(code)!.Value).ToFrozenSet();
        MustHoldRecords = !options.IsSet("expectRcode") || Expected is not null;
    }

    public DnsQuery Query { get; }

    /// <summary>Null for the name server of this host.</summary>
    public (string Host, int Port)? Server { get; }

    /// <summary>Whether UDP is not even tried.</summary>
    public bool OverTcp { get; }

    /// <summary>Null for any.</summary>
    public ExpectedAnswers? Expected { get; }

    public FrozenSet<int> Rcodes { get; }

    /// <summary>Whether an answer without records of the type is none. Who asks for a response code by name is content with it.</summary>
    public bool MustHoldRecords { get; }

    /// <summary>What is wrong with a name to ask for, or null.</summary>
    public static string? RefuseTarget(string target)
    {
        if (target.Length == 0) return "is empty; give a name such as example.org";
        if (target.Contains("://", StringComparison.Ordinal)) return $"'{target}' is a URL; give only the name";
        if (Address(target) is not null) return null;
        if (target.Contains(':')) return $"'{target}' has a colon; give only the name here, and the server as --set server=HOST:PORT";
        DnsNames.Parse(target, out var problem);
        return problem;
    }

    /// <summary>What is wrong with a server, or null.</summary>
    public static string? RefuseServer(string server) =>
        IPAddress.TryParse(Targets.Unbracket(server), out _) || !server.Contains(':') ? Targets.RefuseHost(server) : Targets.RefuseHostPort(server);

    /// <summary>An address as people write it. The shorter forms of old (<c>127.1</c>, <c>10</c>) are names here.</summary>
    private static IPAddress? Address(string target) =>
        IPAddress.TryParse(Targets.Unbracket(target), out var address) && (address.AddressFamily == AddressFamily.InterNetworkV6 || target.Count(c => c == '.') == 3) ? address : null;

    private static (string Host, int Port) Split(string server)
    {
        var host = Targets.Unbracket(server);
        if (IPAddress.TryParse(host, out _) || !Targets.TrySplit(server, out host, out var port)) return (Targets.Unbracket(server), Port);
        return (host, port);
    }

    /// <summary>The server of an address alone.</summary>
    public static (string Host, int Port) At(IPAddress address) => (address.ToString(), Port);
}
