using System.Globalization;
using System.Text.Json;
using Processes;
using Vedette;

namespace Interop;

public sealed class NamedTests(Named named) : IClassFixture<Named>
{
    [Fact]
    public async Task Records_of_every_type_read_as_dig_prints_them()
    {
        string[] questions =
        [
            .. ((string[])["A", "AAAA", "SOA", "NS", "MX", "TXT", "CAA", "HTTPS", "DNSKEY"]).Select(type => $"zoo.test {type}"),
            "www.zoo.test A", "www.zoo.test CNAME", "n.old.zoo.test A", "sub.zoo.test DS", "_sip._tcp.zoo.test SRV", "x.zoo.test TYPE65280", "empty.zoo.test TYPE65280",
            "sshfp.zoo.test SSHFP", "tlsa.zoo.test TLSA", "naptr.zoo.test NAPTR", "uri.zoo.test URI", "hinfo.zoo.test HINFO", "nsec.zoo.test NSEC", "nsec3param.zoo.test NSEC3PARAM",
            "csync.zoo.test CSYNC", "svcb.zoo.test SVCB", @"w\.dot\032sp\;\(x\$.zoo.test A", "1.2.0.192.in-addr.arpa PTR",
        ];
        foreach (var question in questions)
        {
            var (name, type) = (question[..question.LastIndexOf(' ')], question[(question.LastIndexOf(' ') + 1)..]);
            var result = await AskAsync(name, "--set", $"type={type}");
            result.Status.ShouldBe(Status.Up, $"{question}: {result.Message}");
            Records(result).ShouldBe(await DigAsync(name, type), ignoreOrder: true, question);
        }
    }

    [Fact]
    public async Task An_answer_of_an_authority_has_its_flags_counts_and_serial()
    {
        var result = await AskAsync("zoo.test", "--set", "type=SOA", "--assert", "dns_authoritative == 1", "--assert", "rcode == NOERROR");
        result.Status.ShouldBe(Status.Up, result.Message);
        (result.Measured("dns_serial"), result.Measured("dns_answer_rrs"), result.Measured("dns_additional_rrs")).ShouldBe((4294967295, 1, 1));
        result.Measured("dns_answer_ttl_seconds").ShouldBe(300);
        result.Phases.Select(phase => phase.Key).ShouldBe(["resolve", "request"]);
    }

    [Fact]
    public async Task Expected_answers_are_a_set()
    {
        (await AskAsync("www.zoo.test", "--set", "expect=192.0.2.2,192.0.2.1")).Status.ShouldBe(Status.Up);
        (await AskAsync("www.zoo.test", "--set", "expect=192.0.2.2")).Reason.ShouldBe(Reasons.ExpectMismatch);
        (await AskAsync("zoo.test", "--set", "type=MX", "--set", "expect=20 mail2.zoo.test, 10 MAIL.zoo.test.")).Status.ShouldBe(Status.Up);
        (await AskAsync("192.0.2.1", "--set", "expect=zoo.test")).Status.ShouldBe(Status.Up);
    }

    [Theory]
    [InlineData("nothing.zoo.test", "A", Reasons.NxDomain)]
    [InlineData("dead.zoo.test", "A", Reasons.NxDomain)]
    [InlineData("mail.zoo.test", "A", Reasons.NxDomain)]
    [InlineData("ns.zoo.test", "AAAA", "no_data")]
    [InlineData("n.sub.zoo.test", "A", "lame")]
    [InlineData("broken.test", "A", "servfail")]
    [InlineData("example.org", "A", "query_refused")]
    public async Task Each_way_of_having_no_answer_has_its_reason(string name, string type, string reason)
    {
        var result = await AskAsync(name, "--set", $"type={type}");
        (result.Status, result.Reason).ShouldBe((Status.Down, reason), result.Message);
    }

    [Fact]
    public async Task What_does_not_fit_a_datagram_comes_over_tcp()
    {
        var cut = await AskAsync("many.zoo.test");
        (cut.Attribute("transport"), cut.Measured("dns_truncated"), cut.Measured("dns_answer_rrs")).ShouldBe(("tcp", 1, 100));
        var asked = await AskAsync("zoo.test", "--set", "transport=tcp");
        asked.Status.ShouldBe(Status.Up, asked.Message);
        (asked.Attribute("transport"), asked.Measured("dns_truncated")).ShouldBe(("tcp", 0));
        asked.Phases.Select(phase => phase.Key).ShouldBe(["resolve", "connect", "request"]);
    }

    private Task<Result> AskAsync(string name, params string[] more) => Run.CheckAsync(["dns", name, "--set", named.Server, .. more]);

    private static string[] Records(Result result)
    {
        using var details = JsonDocument.Parse(result.Details!);
        return
        [
            .. details.RootElement.GetProperty("answers").EnumerateArray()
                .Select(record => Plain(string.Join(' ', ((string[])["owner", "ttl", "class", "type", "data"]).Select(part => record.GetProperty(part))))),
        ];
    }

    private async Task<string[]> DigAsync(string name, string type)
    {
        var (exitCode, output, errors) = await Command.RunAsync(
            "dig", "@127.0.0.1", "-p", named.Port.ToString(CultureInfo.InvariantCulture), name, type, "+noall", "+answer", "+nosplit");
        exitCode.ShouldBe(0, errors);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != ';').Select(Plain)];
    }

    private static string Plain(string line) => string.Join(' ', line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries));
}
