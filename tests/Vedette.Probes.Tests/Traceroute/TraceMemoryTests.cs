using System.Net;
using Vedette.Probes.Resolve;
using Vedette.Probes.Tests.Icmp;
using Vedette.Probes.Traceroute;

namespace Vedette.Probes.Tests.Traceroute;

[Collection(nameof(Deadlines))]
public sealed class TraceMemoryTests
{
    private static readonly byte[] Labels = IcmpExtensionsTests.Structure([0x04, 0x04, 1, 1, .. new byte[1024]]);

    // Not connections, each of which has a socket of its own: those after the first would be opened outside of the path's network.
    [Theory]
    [InlineData("udp", true)]
    [InlineData("udp", false)]
    [InlineData("icmp", true)]
    [InlineData("tcp", true)]
    public async Task A_flood_of_quotes_fills_nothing(string method, bool raw)
    {
        var target = TunPath.Target(v6: false);
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new TracerouteProbe(resolver, new Channels(raw));
        var parameters = Parameters.Empty.With("method", method).With("maxHops", "64");
        var (sent, time) = (0, new CountedTimers());

        // Each run in a network of its own: the thread that repeats it does not live in the first one's.
        var seen = await RunMemory.StaysWithinAsync(async () =>
        {
            var (path, run) = await OwnNetwork.EnterAsync(() =>
                (new TunPath(packet => packet.To.Equals(target) ? Flood(packet, () => sent++) : []), probe.RunAsync(target.ToString(), parameters, TimeSpan.FromSeconds(1), time)));
            await using (path) return await run;
        });
        seen.Status.ShouldBe(Status.Down, seen.Message);
        sent.ShouldBeGreaterThan(1000);
        time.Most.ShouldBeLessThan(5);
    }

    private static IEnumerable<byte[]> Flood(Passing packet, Action count)
    {
        byte[] quote = [.. packet.Bytes[..Math.Min(packet.Bytes.Length, 128)], .. new byte[Math.Max(0, 128 - packet.Bytes.Length)], .. Labels];
        for (var i = 0; i < 2000; i++)
        {
            count();
            yield return TunPath.Message(IPAddress.Parse($"203.0.{i / 250}.{i % 250}"), 11, 0, quote, second: 32);
            if (i % 100 == 0) yield return TunPath.Message(IPAddress.Parse("203.0.113.1"), 11, 0, packet.Bytes[..28]);
        }
    }
}
