using Vedette.Hub.Agents;
using Vedette.Hub.Checks;
using Vedette.Hub.Configuration;
using Vedette.Hub.Live;
using Vedette.State;
using static Vedette.Hub.Tests.Samples;

namespace Vedette.Hub.Tests.Configuration;

public sealed class ApplyingTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Store store = new();
    private readonly Applying applying;
    private int judged;

    public ApplyingTests()
    {
        var kinds = new Catalogue(Kind with { RefuseTarget = Count });
        applying = new Applying(store.Database, store.Registry, new CheckChanges(store.Registry, new AgentLinks(), new LiveStream(), kinds, TimeProvider.System), kinds, TimeProvider.System);
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task Nobody_waits_for_a_plan_or_for_what_is_refused()
    {
        await store.Registry.Turn.WaitAsync(TestContext.Current.CancellationToken);
        (await ApplyAsync(Entry("a"), plan: true).WaitAsync(Patience, TestContext.Current.CancellationToken)).ShouldBeOfType<ApplyOutcome.Done>().Applied.Added.ShouldBe(1);
        (await ApplyAsync(Entry("a", target: "x")).WaitAsync(Patience, TestContext.Current.CancellationToken)).ShouldBeOfType<ApplyOutcome.Invalid>();
        store.Registry.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_judged_before_its_turn_came_is_judged_again_only_where_it_changed_meanwhile()
    {
        await store.AddCheckAsync();
        await store.Registry.Turn.WaitAsync(TestContext.Current.CancellationToken);
        var applied = ApplyAsync(Entry("a"), Entry("b"));
        judged.ShouldBe(2);
        var run = Run(Status.Down);
        store.Registry.Put(store.Registry.Find("a")!.With(run));
        store.Registry.Turn.Release();
        (await applied).ShouldBeOfType<ApplyOutcome.Done>().Applied.ShouldSatisfyAllConditions(done => done.Added.ShouldBe(1), done => done.Changed.ShouldBe(1));
        judged.ShouldBe(2);
        store.Registry.Find("a")!.LastResults["local"].ShouldBeSameAs(run);
        store.Registry.Find("a")!.StandingOn("local").FailedRuns.ShouldBe(1);
    }

    [Fact]
    public async Task A_check_that_became_anothers_meanwhile_stays_so()
    {
        await store.AddCheckAsync();
        await store.Registry.Turn.WaitAsync(TestContext.Current.CancellationToken);
        var applied = ApplyAsync(Entry("a"), Entry("b"));
        store.Registry.Put(store.Registry.Find("a")! with { Origin = new Origin("other.yaml", NamedList<string>.Empty) });
        store.Registry.Turn.Release();
        (await applied).ShouldBeOfType<ApplyOutcome.Conflict>().Problems.ShouldHaveSingleItem().Path.ShouldBe("checks[a]");
        judged.ShouldBe(3);
        store.Registry.All.ShouldHaveSingleItem().Origin.Owner.ShouldBe("other.yaml");
    }

    private static CheckEntry Entry(string id, string target = "example.org:9") => new($"checks[{id}]", new CheckDraft { Id = id, Kind = "echo", Target = target }, null, NamedList<string>.Empty);

    private Task<ApplyOutcome> ApplyAsync(CheckEntry entry, bool plan) => applying.ApplyAsync(new ConfigurationDocument([entry], null), new ApplyTerms("checks.yaml", plan, Prune: false));

    private Task<ApplyOutcome> ApplyAsync(params CheckEntry[] entries) => applying.ApplyAsync(new ConfigurationDocument(entries, null), new ApplyTerms("checks.yaml", Plan: false, Prune: false));

    private string? Count(string target)
    {
        judged++;
        return Kind.RefuseTarget(target);
    }
}
