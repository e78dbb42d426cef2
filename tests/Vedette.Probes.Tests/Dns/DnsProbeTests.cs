using System.Text.Json;
using Vedette.Probes.Dns;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Tests.Dns;

public sealed class DnsProbeTests : IAsyncDisposable
{
    private readonly Resolver resolver = new(ProbeRuns.Policy);
    private readonly DnsProbe probe;

    public DnsProbeTests() => probe = new DnsProbe(resolver, () => null);

    public async ValueTask DisposeAsync()
    {
        await probe.DisposeAsync();
        resolver.Dispose();
    }

    [Fact]
    public async Task An_answer_is_up_with_its_phases_counts_and_records()
    {
        await using var peer = Peer(Answers.Address("zoo.test", "192.0.2.1"), Answers.Address("zoo.test", "192.0.2.2"));
        var seen = await probe.RunAsync("zoo.test", peer.Set.With("expect", "192.0.2.2,192.0.2.1"));
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Phases.Select(phase => phase.Key).ShouldBe(["resolve", "request"]);
        (seen.Measured("dns_query_succeeded"), seen.Measured("dns_answer_rrs"), seen.Measured("dns_authority_rrs"), seen.Measured("dns_additional_rrs")).ShouldBe((1, 2, 0, 0));
        (seen.Measured("dns_rcode"), seen.Measured("dns_answer_ttl_seconds"), seen.Measured("dns_retries_count"), seen.Measured("dns_ignored_replies_count")).ShouldBe((0, 300, 0, 0));
        seen.Attributes.ShouldBe([new("address", "127.0.0.1"), new("family", "4"), new("transport", "udp"), new("rcode", "NOERROR")]);

        using var details = JsonDocument.Parse(seen.Details!);
        details.RootElement.GetProperty("server").GetString().ShouldBe(peer.Server);
        details.RootElement.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()).ShouldBe(["qr", "rd", "ra"]);
        var record = details.RootElement.GetProperty("answers")[1];
        record.ToString().ShouldBe("""{"owner":"zoo.test.","ttl":300,"class":"IN","type":"A","data":"192.0.2.2"}""");
    }

    [Fact]
    public async Task Other_answers_than_those_expected_are_down()
    {
        await using var peer = Peer(Answers.Address("zoo.test", "192.0.2.1"));
        var seen = await probe.RunAsync("zoo.test", peer.Set.With("expect", "192.0.2.9"));
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.ExpectMismatch));
        seen.Message.ShouldNotBeNull().ShouldContain("missing 192.0.2.9; not expected 192.0.2.1");
    }

    [Theory]
    [InlineData(3, Reasons.NxDomain)]
    [InlineData(2, DnsVerdict.ServerFailed)]
    [InlineData(5, DnsVerdict.QueryRefused)]
    [InlineData(9, DnsVerdict.RcodeMismatch)]
    public async Task Each_way_of_saying_no_has_its_reason_unless_it_is_expected(int rcode, string reason)
    {
        await using var peer = new DnsPeer(query => [Answers.To(query, rcode)]);
        var seen = await probe.RunAsync("zoo.test", peer.Set);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, reason), seen.Message);
        seen.Attributes.ShouldContain(new KeyValuePair<string, string>("rcode", DnsCodes.Rcode(rcode)));
        (await probe.RunAsync("zoo.test", peer.Set.With("expectRcode", $"NOTZONE,{DnsCodes.Rcode(rcode)}"))).Status.ShouldBe(Status.Up);
    }

    [Fact]
    public async Task A_name_without_records_of_the_type_is_not_a_name_that_does_not_exist()
    {
        await using var peer = new DnsPeer(query => [Answers.To(query, 0, DnsFlags.Authoritative, [], [Answers.Zone("zoo.test")], [])]);
        var seen = await probe.RunAsync("zoo.test", peer.Set.With("type", "AAAA"));
        (seen.Status, seen.Reason).ShouldBe((Status.Down, DnsVerdict.NoData));
        seen.Message.ShouldNotBeNull().ShouldContain("zoo.test. exists and has no AAAA record");
        (await probe.RunAsync("zoo.test", peer.Set.With("expectRcode", "NOERROR"))).Status.ShouldBe(Status.Up, "whoever asks for the code is content with it");
        (await probe.RunAsync("zoo.test", peer.Set.With("expectRcode", "NOERROR").With("expect", "192.0.2.1"))).Reason.ShouldBe(DnsVerdict.NoData);
    }

    [Fact]
    public async Task A_server_that_neither_knows_nor_asks_is_lame()
    {
        await using var peer = new DnsPeer(query => [Answers.To(query, 0, DnsFlags.None, [], [Answers.Record("test", 2, Answers.Name("ns.test"))], [])]);
        (await probe.RunAsync("zoo.test", peer.Set)).Reason.ShouldBe(DnsVerdict.Lame);
    }

    [Fact]
    public async Task Aliases_are_followed_and_what_they_lead_to_is_what_counts()
    {
        await using var peer = Peer(Answers.Alias("www.zoo.test", "zoo.test"), Answers.Address("evil.test", "192.0.2.66"), Answers.Address("zoo.test", "192.0.2.1"));
        (await probe.RunAsync("www.zoo.test", peer.Set.With("expect", "192.0.2.1"))).Status.ShouldBe(Status.Up);
    }

    [Fact]
    public async Task An_alias_of_a_name_that_does_not_exist_says_both_names()
    {
        await using var peer = new DnsPeer(query => [Answers.To(query, 3, Answers.Alias("www.zoo.test", "gone.zoo.test"))]);
        var seen = await probe.RunAsync("www.zoo.test", peer.Set);
        (seen.Reason, seen.Measured("dns_answer_rrs")).ShouldBe((Reasons.NxDomain, 1));
        seen.Message.ShouldNotBeNull().ShouldContain("www.zoo.test. leads to gone.zoo.test., which does not exist");
    }

    [Fact]
    public async Task The_serial_of_a_zone_is_measured_also_when_it_is_large()
    {
        await using var peer = Peer(Answers.Zone("zoo.test"));
        (await probe.RunAsync("zoo.test", peer.Set.With("type", "soa"))).Measured("dns_serial").ShouldBe(2026056357);
    }

    [Fact]
    public async Task An_address_is_looked_up_backwards()
    {
        await using var peer = Peer(Answers.Record("1.2.0.192.in-addr.arpa", 12, Answers.Name("zoo.test")));
        (await probe.RunAsync("192.0.2.1", peer.Set.With("expect", "zoo.test"))).Status.ShouldBe(Status.Up);
    }

    [Fact]
    public async Task Flags_and_types_by_number_are_asked_for_and_shown()
    {
        byte[] asked = [];
        await using var peer = new DnsPeer(query =>
        {
            asked = query;
            return [Answers.To(query, 0, DnsFlags.Authoritative | DnsFlags.Authentic, [Answers.Record("zoo.test", 65280, 1, 2)], [], [Answers.Edns()])];
        });
        var seen = await probe.RunAsync("zoo.test", peer.Set.With("type", "TYPE65280").With("recursion", "false"));
        seen.Status.ShouldBe(Status.Up, seen.Message);
        (seen.Measured("dns_authoritative"), seen.Measured("dns_authenticated")).ShouldBe((1, 1));
        asked[2].ShouldBe((byte)0, "no recursion was asked for");
        Convert.ToHexString(asked[^11..]).ShouldBe("00002904D0000000000000", "EDNS with 1232 bytes");
    }

    [Fact]
    public async Task A_server_from_before_edns_is_asked_without_it()
    {
        foreach (var repeatsTheQuestion in (bool[])[true, false])
        {
            await using var peer = new DnsPeer(query =>
            {
                if (query[11] == 0) return [Answers.To(query, 0, Answers.Address("zoo.test", "192.0.2.1"))];
                var refusal = Answers.To(query, DnsCodes.FormatError);
                if (repeatsTheQuestion) return [refusal];
                refusal[5] = 0;
                return [refusal[..12]];
            });
            var seen = await probe.RunAsync("zoo.test", peer.Set);
            seen.Status.ShouldBe(Status.Up, seen.Message);
            peer.Queries.ShouldBe(2);
        }
    }

    [Fact]
    public async Task What_the_server_says_of_its_error_is_told()
    {
        await using var peer = new DnsPeer(query => [Answers.To(query, 2, DnsFlags.RecursionAvailable, [], [], [Answers.Edns(0, 0, 15, 0, 6, 0, 6, (byte)'l', (byte)'i', (byte)'e', (byte)'s')])]);
        var seen = await probe.RunAsync("zoo.test", peer.Set);
        seen.Message.ShouldNotBeNull().ShouldEndWith("(SERVFAIL): DNSSEC Bogus, lies");
        seen.Details.ShouldNotBeNull().ShouldContain("""{"code":6,"name":"DNSSEC Bogus","text":"lies"}""");
    }

    [Fact]
    public async Task Where_nothing_listens_is_refused_at_once()
    {
        var peer = new DnsPeer(DnsPeer.Silence);
        var set = peer.Set;
        await peer.DisposeAsync();
        foreach (var transport in (string[])["udp", "tcp"])
        {
            var seen = await probe.RunAsync("zoo.test", set.With("transport", transport));
            (seen.Status, seen.Reason, seen.Measured("dns_query_succeeded")).ShouldBe((Status.Down, Reasons.Refused, 0));
        }
    }

    [Fact]
    public async Task Without_a_name_server_nothing_is_known()
    {
        var seen = await probe.RunAsync("zoo.test", Parameters.Empty);
        (seen.Status, seen.Reason).ShouldBe((Status.Unknown, Reasons.ResolverFailed));
        seen.Message.ShouldNotBeNull().ShouldContain("server=");
    }

    [Fact]
    public async Task The_name_server_of_this_host_is_asked_unless_there_is_another()
    {
        using var strict = new Resolver(new AddressPolicy(allowLoopback: false));
        await using var local = new DnsProbe(strict, () => System.Net.IPAddress.Loopback);
        var seen = await local.RunAsync("zoo.test", Parameters.Empty);
        (seen.Status, seen.Reason).ShouldBe((Status.Unknown, Reasons.PolicyDenied), "the address policy holds for servers as well");
        seen.Message.ShouldNotBeNull().ShouldContain("127.0.0.1");
    }

    [Theory]
    [InlineData("")]
    [InlineData("https://example.org")]
    [InlineData("example.org:53")]
    [InlineData("a..b")]
    public void A_target_that_is_no_name_is_refused(string target) => DnsProbe.Kind.RefuseTarget(target).ShouldNotBeNull();

    [Theory]
    [InlineData("example.org")]
    [InlineData("example.org.")]
    [InlineData(".")]
    [InlineData("_sip._tcp.example.org")]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1")]
    [InlineData("[2001:db8::1]")]
    [InlineData("10")]
    public void A_name_or_address_is_a_target(string target) => DnsProbe.Kind.RefuseTarget(target).ShouldBeNull();

    [Theory]
    [InlineData("type", "ANY")]
    [InlineData("type", "AXFR")]
    [InlineData("type", "TYPE255")]
    [InlineData("type", "TYPE65536")]
    [InlineData("type", "AAAAA")]
    [InlineData("server", "192.0.2.53:0")]
    [InlineData("server", "https://dns.example/")]
    [InlineData("expectRcode", "NXDOMAINS")]
    [InlineData("expectRcode", "")]
    [InlineData("expect", "\"a")]
    [InlineData("transport", "https")]
    public void An_option_that_cannot_be_is_refused(string option, string value) => DnsProbe.Kind.Option(option)!.Problem(value).ShouldNotBeNull();

    [Theory]
    [InlineData("type", "aaaa")]
    [InlineData("type", "TYPE65280")]
    [InlineData("type", "type28")]
    [InlineData("server", "192.0.2.53")]
    [InlineData("server", "192.0.2.53:5353")]
    [InlineData("server", "2001:db8::53")]
    [InlineData("server", "[2001:db8::53]")]
    [InlineData("server", "[2001:db8::53]:5353")]
    [InlineData("server", "ns.example.org:53")]
    [InlineData("expectRcode", "nxdomain,RCODE11")]
    public void An_option_that_can_be_is_taken(string option, string value) => DnsProbe.Kind.Option(option)!.Problem(value).ShouldBeNull();

    private static DnsPeer Peer(params byte[][] records) => new(query => [Answers.To(query, 0, records)]);
}
