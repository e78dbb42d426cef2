using System.CommandLine;
using Vedette.Cli.Completion;
using Vedette.Cli.Tests.Top;
using Vedette.Cli.Verbs;
using Vedette.Probes;

namespace Vedette.Cli.Tests.Completion;

public sealed class CompleterTests
{
    private int asked;

    [Theory]
    [InlineData("ch", "check")]
    [InlineData("check pa", "pause")]
    [InlineData("check add tc", "tcp")]
    [InlineData("check add t", "traceroute tcp tls")]
    [InlineData("check run dns example.org --set tr", "transport=")]
    [InlineData("check run dns example.org --set transport=", "transport=udp transport=tcp")]
    [InlineData("check run dns --set=transport=t", "--set=transport=tcp")]
    [InlineData("check add tcp h:1 --set tls=", "tls=true tls=false")]
    [InlineData("check add tcp h:1 --set send=", "")]
    [InlineData("check add tpc h:1 --set ", "")]
    [InlineData("check edit web --set contai", "contains=")]
    [InlineData("check add tcp h:1 --ev", "--every")]
    [InlineData("check add tcp h:1 --every 5s --ev", "")]
    [InlineData("check add tcp h:1 --set tls=true --se", "--set")]
    [InlineData("check add tcp h:1 --every ", "")]
    [InlineData("check add tcp h:1 --down-when m", "majority")]
    [InlineData("check add tcp h:1 --depends-on w", "web")]
    [InlineData("check add tcp h:1 --id ", "")]
    [InlineData("results web --status d", "degraded down")]
    [InlineData("results web --he", "--help")]
    [InlineData("status web --hu", "--hub")]
    [InlineData("status ", "web db")]
    [InlineData("status --json d", "db")]
    [InlineData("status --hub http://h w", "web")]
    [InlineData("status web ", "")]
    [InlineData("status -- d", "db")]
    [InlineData("nonsense --nonsense x", "")]
    [InlineData("completion z", "zsh")]
    public async Task What_may_come_next_is_offered(string line, string words) =>
        string.Join(' ', (await CompleteAsync(line)).Select(candidate => candidate.Word)).ShouldBe(words);

    [Fact]
    public async Task Verbs_kinds_and_ids_say_what_they_are()
    {
        (await CompleteAsync("check add ht")).ShouldBe([new("http", ProbeSet.Catalogue.Find("http")!.Summary)]);
        (await CompleteAsync("status d")).ShouldBe([new("db", "tcp evil\uFFFD.example")]);
    }

    [Fact]
    public async Task The_hub_is_asked_only_for_what_it_alone_knows()
    {
        foreach (var line in new[] { "", "check ", "check add ", "check add http http://x --set ", "status --", "results web --status " }) await CompleteAsync(line);
        asked.ShouldBe(0);
    }

    private Task<IReadOnlyList<Candidate>> CompleteAsync(string line)
    {
        var root = new Command("vedette") { Verb.Help(), GlobalOptions.Hub, GlobalOptions.Token, GlobalOptions.Data, StatusVerb.Create(), CheckVerbs.Create(), ResultsVerb.Create(), CompletionVerb.Create() };
        return new Completer(root, ProbeSet.Catalogue, () =>
        {
            asked++;
            return Task.FromResult<IReadOnlyList<CheckLine>>([Watched.Line(Watched.Check("web", kind: "http", target: "http://x/")), Watched.Line(Watched.Check("db", target: "evil\t.example"))]);
        }).CompleteAsync(line.Split(' '));
    }
}
