using System.Net;
using System.Net.Sockets;
using Vedette.Probes.Connect;

namespace Vedette.Probes.Dns;

/// <summary>Asks a server of this process what a check will ask, so that its first question does not pay for loading and compiling the code.</summary>
internal static class DnsRehearsal
{
    // The name of the question, A, IN, no TTL, an address for documentation (RFC 5737).
    private static readonly byte[] Record = [0xC0, DnsReader.HeaderSize, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 192, 0, 2, 1];

    public static async Task PlayAsync(Check check, RunContext run)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var address = (IPEndPoint)server.LocalEndPoint!;
        var terms = new DnsTerms(check.Target, new OptionValues(DnsProbe.Kind, check.Parameters.With("transport", "udp")));
        var seen = new Observation();
        await using var closing = new ClosingSockets(run.Time);

        // An answer that is there before anybody waits for it takes another path than those from far away.
        var asking = new DnsExchange(terms, address, closing, seen, run).PerformAsync().AsTask();
        await AnswerAsync(server, terms.Query, run.Cancellation);
        var heard = await asking;
        if (heard.Reply is { } reply) DnsProbe.Conclude(seen, terms, reply, address, "udp");
    }

    private static async Task AnswerAsync(Socket server, DnsQuery query, CancellationToken cancellation)
    {
        var message = new byte[DnsQuery.Longest + Record.Length];
        var asked = await server.ReceiveFromAsync(message, new IPEndPoint(IPAddress.Any, 0), cancellation);
        var end = DnsReader.HeaderSize + query.Name.Length + 4;
        (message[2], message[7], message[11]) = (0x80, 1, 0);
        Record.CopyTo(message, end);
        await server.SendToAsync(message.AsMemory(0, end + Record.Length), asked.RemoteEndPoint, cancellation);
    }
}
