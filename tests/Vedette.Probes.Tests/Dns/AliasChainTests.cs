using Vedette.Probes.Dns;

namespace Vedette.Probes.Tests.Dns;

public sealed class AliasChainTests
{
    [Fact]
    public void Records_of_the_name_itself_need_no_way()
    {
        var chain = Follow("zoo.test", A("ZOO.test.", "192.0.2.1", 60), A("other.test.", "192.0.2.66", 5), A("zoo.test.", "192.0.2.2", 50));
        (chain.Name, chain.LeastTtl, chain.Problem).ShouldBe(("zoo.test.", 50, null));
        chain.Records.Select(record => record.Data).ShouldBe(["192.0.2.1", "192.0.2.2"]);
    }

    [Fact]
    public void Aliases_are_followed_in_whatever_order_they_come_and_their_ttl_counts()
    {
        var chain = Follow("a.test", A("c.test.", "192.0.2.1", 60), Alias("b.test.", "c.test.", 40), Alias("a.test.", "B.test.", 50));
        (chain.Name, chain.Records.Count, chain.LeastTtl).ShouldBe(("c.test.", 1, 40));
    }

    [Fact]
    public void A_record_that_no_alias_leads_to_is_as_good_as_absent() => Follow("a.test", A("b.test.", "192.0.2.1", 60)).Records.ShouldBeEmpty();

    [Fact]
    public void An_alias_that_leads_out_of_the_answer_ends_there()
    {
        var chain = Follow("a.test", Alias("a.test.", "b.test.", 9));
        (chain.Name, chain.Records.Count, chain.LeastTtl, chain.Problem).ShouldBe(("b.test.", 0, 9, null));
    }

    [Fact]
    public void Who_asks_for_the_alias_itself_gets_it() =>
        AliasChain.Follow([Alias("a.test.", "b.test.", 9)], new DnsQuery(Answers.Name("a.test"), Answers.Cname, recursion: true)).Records.Count.ShouldBe(1);

    [Theory]
    [InlineData("n.old.test", "new.test.", "n.new.test.")]
    [InlineData("a.b.OLD.test", "new.test.", "a.b.new.test.")]
    [InlineData("n.old.test", ".", "n.")]
    [InlineData("old.test", "new.test.", "old.test.")]
    [InlineData("told.test", "new.test.", "told.test.")]
    [InlineData(@"a\.old.test", "new.test.", @"a\.old.test.")]
    [InlineData(@"a\\.old.test", "new.test.", @"a\\.new.test.")]
    public void A_whole_tree_is_moved_by_its_record_but_not_the_name_above_it(string name, string target, string end) =>
        Follow(name, new DnsRecord("old.test.", DnsTypes.Dname, 1, 60, target)).Name.ShouldBe(end);

    [Fact]
    public void A_root_that_is_moved_below_itself_has_no_end() => Follow("a.test", new DnsRecord(".", DnsTypes.Dname, 1, 60, "new.")).Problem.ShouldNotBeNull().ShouldContain("16");

    [Theory]
    [InlineData("a.test.")]
    [InlineData("A.TEST.")]
    public void Aliases_in_a_circle_have_no_end(string back) => Follow("a.test", Alias("a.test.", "b.test.", 1), Alias("b.test.", back, 1)).Problem.ShouldNotBeNull().ShouldContain("back");

    [Fact]
    public void So_many_aliases_are_followed_and_no_more()
    {
        DnsRecord[] aliases = [.. Enumerable.Range(0, 17).Select(i => Alias($"n{i}.test.", $"n{i + 1}.test.", 1))];
        Follow("n1.test", [.. aliases, A("n17.test.", "192.0.2.1", 1)]).Records.Count.ShouldBe(1);
        Follow("n0.test", [.. aliases, A("n17.test.", "192.0.2.1", 1)]).Problem.ShouldNotBeNull().ShouldContain("16");
    }

    private static AliasChain Follow(string name, params DnsRecord[] answers) => AliasChain.Follow(answers, new DnsQuery(Answers.Name(name), Answers.A, recursion: true));

    private static DnsRecord A(string owner, string address, int ttl) => new(owner, Answers.A, 1, ttl, address);

    private static DnsRecord Alias(string owner, string target, int ttl) => new(owner, Answers.Cname, 1, ttl, target);
}
