using Vedette.Cli.Rendering.Details;

namespace Vedette.Cli.Tests.Rendering.Details;

public sealed class DetailsTextTests
{
    [Theory]
    [InlineData("tcp", "{}")]
    [InlineData("dns", null)]
    [InlineData("dns", "{}")]
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
}
