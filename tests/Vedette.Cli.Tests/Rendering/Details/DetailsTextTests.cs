using Vedette.Cli.Rendering;
using Vedette.Cli.Rendering.Details;

namespace Vedette.Cli.Tests.Rendering.Details;

public sealed class DetailsTextTests
{
    [Theory]
    [InlineData("tcp", "{}")]
    [InlineData("dns", null)]
    [InlineData("dns", "{}")]
    [InlineData("ntp", "{}")]
    [InlineData("udp", "{}")]
    public void There_are_no_lines_where_there_is_nothing_to_tell(string kind, string? details) => DetailsText.Lines(kind, details).ShouldBeEmpty();

    [Fact]
    public void An_answer_of_a_name_server_reads_as_in_dig() =>
        DetailsText.Lines("dns", """
            {"server":"192.0.2.53:53","transport":"udp","rcode":"NOERROR","flags":["qr","rd","ra"],
             "errors":[{"code":3,"name":"Stale Answer"},{"code":0,"name":"Other","text":"because"}],
             "answers":[{"owner":"www.example.org.","ttl":3600,"class":"IN","type":"CNAME","data":"web.example.org."},
                        {"owner":"web.example.org.","ttl":60,"class":"IN","type":"A","data":"192.0.2.1"}],
             "authority":[{"owner":"example.org.","ttl":60,"class":"IN","type":"NS","data":"ns.example.org."}],
             "leftOut":7}
            """).ShouldBe(
            [
                ";; NOERROR, flags: qr rd ra; udp 192.0.2.53:53",
                ";; EDE: 3 (Stale Answer)",
                ";; EDE: 0 (Other): because",
                "www.example.org.  3600  IN  CNAME  web.example.org.",
                "web.example.org.    60  IN  A      192.0.2.1",
                ";; AUTHORITY",
                "example.org.  60  IN  NS  ns.example.org.",
                ";; 7 more records",
            ]);

    [Theory]
    [InlineData("""{"reply":"hello\\x00"}""", @"reply 'hello\x00'")]
    [InlineData("""{"reply":"hello","leftOut":7}""", "reply 'hello' and 7 more bytes")]
    public void An_answer_to_a_datagram_reads_as_expect_would_take_it(string details, string line) => DetailsText.Lines("udp", details).ShouldBe([line]);

    [Fact]
    public void An_answer_of_a_time_server_reads_as_sentences() =>
        DetailsText.Lines("ntp", """
            {"offset":0.0012,"delay":0.0016,"rootDistance":0.012,"stratum":2,"referenceId":"192.0.2.7","referenceAge":34.2,"leap":0,
             "samples":[{"offset":0.0012,"delay":0.0016}]}
            """).ShouldBe(
            [
                "clock here is 1.20 ms behind the server, give or take 12.8 ms: 800 µs for the way, 12.0 ms by the server's own account",
                "server is at stratum 2, set by 192.0.2.7, last 34s ago; no leap second is announced",
            ]);

    [Fact]
    public void Several_samples_of_a_time_server_are_shown_each_and_what_is_not_known_is_left_out() =>
        DetailsText.Lines("ntp", """
            {"offset":-61.5,"delay":0.002,"rootDistance":0,"stratum":1,"referenceId":"GPS","leap":1,
             "samples":[{"offset":-61.5,"delay":0.002},{"offset":-61.4,"delay":0.2}]}
            """).ShouldBe(
            [
                "clock here is 61.50 s ahead of the server, give or take 1.00 ms: 1.00 ms for the way, 0 µs by the server's own account",
                "server is at stratum 1, set by GPS; a leap second is to be added",
                "sample: 61.50 s ahead of the server, round trip 2.00 ms",
                "sample: 61.40 s ahead of the server, round trip 200 ms",
            ]);

    [Fact]
    public void A_tls_server_is_told_by_its_properties_with_a_mark_each_and_its_chain_with_what_is_left() =>
        DetailsText.Lines("tls", """
            {"properties":{"version":{"ok":true,"what":"TLS 1.3"},"alpn":{"ok":null,"why":"none was offered"},
                           "name":{"ok":false,"what":"other.test","why":"the certificate is for other.test, not for zoo.test, which is what it has to be for"}},
             "chain":[{"name":"other.test","daysLeft":-1.5,"key":"EC 256 bits","sent":true},{"name":"Zoo root","daysLeft":3650,"key":"RSA 4096 bits","sent":false}],
             "leftOut":3}
            """, new Palette(colours: false), 76).ShouldBe(
            [
                "✔ version  TLS 1.3",
                "· alpn     none was offered",
                "✖ name     other.test",
                "           the certificate is for other.test, not for zoo.test, which is",
                "           what it has to be for",
                "",
                "other.test  expired 1.5 days ago  EC 256 bits, sent",
                "Zoo root          3650 days left  RSA 4096 bits, not sent",
                "3 more",
            ]);
}
