using Vedette.Probes.Dns;

namespace Vedette.Probes.Tests.Dns;

public sealed class ExpectedAnswersTests
{
    [Theory]
    [InlineData("A", "192.0.2.1", "192.0.2.1")]
    [InlineData("AAAA", "2001:DB8:0::1", "2001:db8::1")]
    [InlineData("CNAME", "Web.Example.org", "web.example.org.")]
    [InlineData("MX", "10 Mail.example.org", "10 mail.example.org.")]
    [InlineData("MX", "10   mail.example.org.", "10 mail.example.org.")]
    [InlineData("NS", ".", ".")]
    [InlineData("TXT", "v=spf1 -all", "\"v=spf1 -all\"")]
    [InlineData("TXT", "\"v=spf1\" \" -all\"", "\"v=spf1 -all\"")]
    [InlineData("TXT", "v=spf1 -all", "\"v=spf1\" \" -all\"")]
    [InlineData("TXT", "grün", "\"gr\\195\\188n\"")]
    [InlineData("TXT", "a\\\"b", "\"a\\\"b\"")]
    [InlineData("CAA", "0 issue letsencrypt.org", "0 issue \"letsencrypt.org\"")]
    [InlineData("DS", "12345 13 2 ab cd", "12345 13 2 ABCD")]
    [InlineData("DNSKEY", "257 3 13 AQ L/", "257 3 13 AQL/")]
    [InlineData("HTTPS", "1 . alpn=h2 port=443", "1 . alpn=\"h2\" port=443")]
    [InlineData("TYPE65280", @"\# 2 ab CD", @"\# 2 ABCD")]
    [InlineData("TYPE65280", @"\# 0", @"\# 0")]
    public void What_means_the_same_is_the_same(string type, string typed, string got) => Key(type, typed).ShouldBe(Key(type, got));

    [Theory]
    [InlineData("A", "192.0.2.1", "192.0.2.10")]
    [InlineData("TXT", "v=spf1 -ALL", "\"v=spf1 -all\"")]
    [InlineData("MX", "10 mail.example.org extra", "10 mail.example.org.")]
    [InlineData("MX", "mail.example.org", "10 mail.example.org.")]
    [InlineData("DNSKEY", "257 3 13 aql/", "257 3 13 AQL/")]
    [InlineData("CAA", "0 issue \"a b\"", "0 issue \"ab\"")]
    public void What_differs_is_not(string type, string typed, string got) => Key(type, typed).ShouldNotBe(Key(type, got));

    [Fact]
    public void Commas_part_answers_unless_they_are_in_quotes_or_behind_a_backslash()
    {
        ExpectedAnswers.Split("192.0.2.1, 192.0.2.2").ShouldBe(["192.0.2.1", "192.0.2.2"]);
        ExpectedAnswers.Split("\"a,b\",c").ShouldBe(["\"a,b\"", "c"]);
        ExpectedAnswers.Split(@"a\,b,c\\,d").ShouldBe(["a,b", @"c\\", "d"]);
        ExpectedAnswers.Split("\"a\\\",b\",c").ShouldBe(["\"a\\\",b\"", "c"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,,b")]
    [InlineData("\"a")]
    [InlineData("a,\"b,c")]
    public void A_list_with_a_hole_or_an_open_quotation_is_refused(string list) => ExpectedAnswers.Refuse(list).ShouldNotBeNull();

    [Fact]
    public void Order_and_repetition_do_not_matter_but_each_answer_does()
    {
        var expected = new ExpectedAnswers(Answers.A, ["192.0.2.1,192.0.2.2", "192.0.2.1"]);
        expected.Compare("zoo.test.", [A("192.0.2.2"), A("192.0.2.1")]).ShouldBeNull();
        expected.Compare("zoo.test.", [A("192.0.2.2"), A("192.0.2.1"), A("192.0.2.2")]).ShouldBeNull();
        expected.Compare("zoo.test.", [A("192.0.2.2")]).ShouldBe("the A records of zoo.test. are not those expected: missing 192.0.2.1");
        expected.Compare("zoo.test.", [A("192.0.2.1"), A("192.0.2.9")]).ShouldBe("the A records of zoo.test. are not those expected: missing 192.0.2.2; not expected 192.0.2.9");
        expected.Compare("zoo.test.", [.. Enumerable.Range(1, 9).Select(i => A($"192.0.2.{i}"))]).ShouldNotBeNull().ShouldEndWith("and 3 more");
    }

    private static string Key(string type, string text) => ExpectedAnswers.Key(DnsTypes.Number(type)!.Value, text);

    private static DnsRecord A(string address) => new("zoo.test.", Answers.A, 1, 60, address);
}
