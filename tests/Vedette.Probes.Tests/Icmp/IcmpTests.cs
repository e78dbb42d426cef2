using Vedette.Probes.Icmp;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Tests.Icmp;

public sealed class IcmpTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task A_host_that_answers_is_up(string target)
    {
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new IcmpProbe(resolver);
        var seen = await probe.RunAsync(target, Parameters.Empty.With("packets", ["3"]).With("gap", ["1ms"]));
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Measured("icmp_packets_received_count").ShouldBe(3);
    }

    [Fact]
    public async Task Many_targets_share_one_socket()
    {
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new IcmpProbe(resolver);
        var runs = await Task.WhenAll(Enumerable.Range(1, 200).Select(i => probe.RunAsync($"127.0.1.{i}", Parameters.Empty)));
        runs.ShouldAllBe(seen => seen.Status == Status.Up);
    }

    [Fact]
    public void A_quote_cut_anywhere_is_refused()
    {
        byte[] whole = [3, 1, 0, 0, 0, 0, 0, 0, 0x4F, .. new byte[8], 1, .. new byte[6], 192, 0, 2, 1, .. new byte[40], .. IcmpPacket.Request(false, 7, 9, [])];
        IcmpPacket.Read(whole, false).ShouldNotBeNull().Sequence.ShouldBe((ushort)9);
        for (var length = 0; length < whole.Length; length++) IcmpPacket.Read(whole.AsSpan(0, length), false).ShouldBeNull();
    }
}
