using Vedette.Hub.Agents;
using Vedette.Hub.Checks;
using Vedette.Hub.Configuration;
using Vedette.Hub.Live;
using Vedette.Hub.Tests.Upkeep;
using Vedette.Hub.Upkeep;
using Vedette.State;
using Vedette.State.Sqlite;

namespace Vedette.Hub.Tests.Configuration;

public sealed class ConfigurationLoopTests : IAsyncLifetime
{
    private const string One = "checks:\n  - { id: a, kind: echo, target: 'x:1' }\n";
    private const string Two = "checks:\n  - { id: a, kind: echo, target: 'x:1' }\n  - { id: b, kind: echo, target: 'x:1' }\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Store store = new();
    private readonly HeldTime time = new(Samples.At);
    private readonly RecordedLog<ConfigurationLoop> log = new();
    private readonly CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;
    private ConfigurationLoop loop = null!;
    private TaskCompletionSource judging = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long writes;
    private int judged;

    private string File => Path.Combine(store.Directory, "checks.yaml");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await store.DisposeAsync();
        stop.Dispose();
    }

    [Fact]
    public async Task A_file_is_applied_at_the_start_and_again_when_it_is_another()
    {
        Write(One);
        await BeginAsync();
        Ids().ShouldBe(["a"]);
        (loop.State.IsApplied, loop.State.AppliedAt).ShouldBe((true, Samples.At));
        Write(Two);
        time.Now += TimeSpan.FromSeconds(2);
        await LookAsync();
        Ids().ShouldBe(["a"], "it may not be whole yet");
        await LookAsync();
        Ids().ShouldBe(["a", "b"]);
        loop.State.AppliedAt.ShouldBe(time.Now);
    }

    [Fact]
    public async Task A_file_that_goes_on_being_written_is_left_alone_until_it_rests()
    {
        Write(Two);
        await BeginAsync(prune: true);
        for (var length = 1; length < One.Length; length += 20)
        {
            Write(One[..length]);
            await LookAsync();
        }

        Ids().ShouldBe(["a", "b"]);
        log.Warnings.ShouldBeEmpty();
        Write(One);
        await LookAsync();
        await LookAsync();
        Ids().ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_bad_file_and_none_change_nothing_are_told_once_and_the_next_good_one_counts()
    {
        Write(One);
        await BeginAsync(prune: true);
        foreach (var bad in new[] { "checks:\n  - { id: a, kind: ecko, target: 'x:1', evry: 5s }\n", "", null })
        {
            Write(bad);
            for (var look = 0; look < 4; look++) await LookAsync();
            Ids().ShouldBe(["a"]);
            loop.State.IsApplied.ShouldBeFalse();
        }

        log.Warnings.Count.ShouldBe(3);
        log.Warnings[0].ShouldContain("2 problems, the first: ");
        log.Warnings[0].ShouldContain($"{File}:2:14: checks[0].kind: 'ecko' is not known; did you mean 'echo'?");
        log.Warnings[1].ShouldContain("is missing, which with prune would remove every check");
        log.Warnings[2].ShouldContain("is not there");
        Write(Two);
        await LookAsync();
        await LookAsync();
        (loop.State.IsApplied, string.Join(' ', Ids())).ShouldBe((true, "a b"));
    }

    [Fact]
    public async Task Links_that_are_swapped_are_another_file()
    {
        var versions = new[] { ("v1", One), ("v2", Two) };
        foreach (var (version, text) in versions)
        {
            Directory.CreateDirectory(Path.Combine(store.Directory, version));
            await System.IO.File.WriteAllTextAsync(Path.Combine(store.Directory, version, "checks.yaml"), text);
        }

        Directory.CreateSymbolicLink(Path.Combine(store.Directory, "..data"), "v1");
        System.IO.File.CreateSymbolicLink(File, Path.Combine("..data", "checks.yaml"));
        await BeginAsync();
        Ids().ShouldBe(["a"]);
        Directory.Delete(Path.Combine(store.Directory, "..data"));
        Directory.CreateSymbolicLink(Path.Combine(store.Directory, "..data"), "v2");
        await LookAsync();
        await LookAsync();
        Ids().ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task A_secret_that_is_another_is_taken_though_the_file_is_the_same()
    {
        var secret = Path.Combine(store.Directory, "secret");
        await System.IO.File.WriteAllTextAsync(secret, "first\n");
        Write("checks:\n  - { id: a, kind: echo, target: 'x:1', set: { password: { file: secret } } }\n");
        await BeginAsync();
        store.Registry.Find("a")!.Check.Parameters["password"].ShouldBe(["first"]);
        await System.IO.File.WriteAllTextAsync(secret, "the second\n");
        await LookAsync();
        await LookAsync();
        store.Registry.Find("a")!.Check.Parameters["password"].ShouldBe(["the second"]);
        System.IO.File.Delete(secret);
        await LookAsync();
        await LookAsync();
        log.Warnings.ShouldHaveSingleItem().ShouldContain("the file 'secret' is not there");
    }

    [Fact]
    public async Task Without_prune_a_check_that_goes_out_of_the_file_stays_and_that_is_told()
    {
        Write(Two);
        await BeginAsync();
        Write(One);
        await LookAsync();
        await LookAsync();
        Ids().ShouldBe(["a", "b"]);
        log.Warnings.ShouldHaveSingleItem().ShouldContain("1 checks are not in");
    }

    [Fact]
    public async Task A_bad_file_at_the_first_start_is_refused_with_all_lines()
    {
        Write("checks:\n  - { id: a, kind: ecko, target: 'x:1', evry: 5s }\n");
        Make();
        (await loop.BeginAsync()).Count.ShouldBe(2);
        log.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_bad_file_at_a_later_start_leaves_what_the_last_good_one_said_also_of_storage()
    {
        Write($"{One}storage: {{ keep: 30d, size: 2GiB }}\n");
        Make();
        (await loop.BeginAsync()).ShouldBeEmpty();
        var terms = loop.State.Retention;
        (terms.HistoryAge, terms.DatabaseBytes, terms.EventAge).ShouldBe((TimeSpan.FromDays(30), 2L << 30, RetentionTerms.Default.EventAge));
        Write("storage: { keep: 1h }\nchecks: [");
        Make();
        loop.State.Retention.ShouldBe(terms);
        (await loop.BeginAsync()).ShouldBeEmpty();
        loop.State.Retention.ShouldBe(terms);
        loop.State.IsApplied.ShouldBeFalse();
        log.Warnings.ShouldHaveSingleItem().ShouldContain("was not applied and everything stays as it was");
        Write(One);
        Make();
        (await loop.BeginAsync()).ShouldBeEmpty();
        loop.State.Retention.ShouldBe(RetentionTerms.Default);
    }

    [Fact]
    public async Task A_bad_file_at_the_first_start_leaves_checks_that_were_applied_under_its_name()
    {
        Write("checks: [");
        Make();
        (await loop.BeginAsync()).ShouldHaveSingleItem();
        var key = await store.AddCheckAsync();
        store.Registry.Put(store.Registry.Find(key)! with { Origin = new Origin("checks.yaml", NamedList<string>.Empty) });
        Make();
        (await loop.BeginAsync()).ShouldBeEmpty();
        log.Warnings.ShouldHaveSingleItem().ShouldContain("cannot be read");
    }

    [Fact]
    public async Task What_the_disk_refuses_is_told_once_and_tried_again()
    {
        Write(One);
        await BeginAsync();
        await store.Database.WriteAsync(connection => connection.Execute("CREATE TRIGGER full BEFORE INSERT ON checks BEGIN SELECT RAISE(ABORT, 'no room'); END"));
        Write(Two);
        for (var look = 0; look < 4; look++) await LookAsync();
        (loop.State.IsApplied, string.Join(' ', Ids())).ShouldBe((false, "a"));
        log.Warnings.ShouldHaveSingleItem().ShouldContain("no room");
        await store.Database.WriteAsync(connection => connection.Execute("DROP TRIGGER full"));
        await LookAsync();
        (loop.State.IsApplied, string.Join(' ', Ids())).ShouldBe((true, "a b"));
    }

    [Fact]
    public async Task Another_storage_section_holds_once_it_is_applied_and_not_in_a_file_that_is_bad()
    {
        Write(One);
        await BeginAsync();
        Write($"{One}storage: {{ keep: 30d }}\n");
        await LookAsync();
        await LookAsync();
        loop.State.Retention.HistoryAge.ShouldBe(TimeSpan.FromDays(30));
        Write("checks:\n  - { id: a, kind: ecko, target: 'x:1' }\nstorage: { keep: 1h }\n");
        await LookAsync();
        await LookAsync();
        loop.State.Retention.HistoryAge.ShouldBe(TimeSpan.FromDays(30));
        loop.State.IsApplied.ShouldBeFalse();
    }

    [Fact]
    public async Task What_the_disk_goes_on_refusing_is_tried_less_and_less_often_without_reading_the_file_again()
    {
        Write(One);
        await BeginAsync();
        await store.Database.WriteAsync(connection => connection.Execute("CREATE TRIGGER full BEFORE INSERT ON checks BEGIN SELECT RAISE(ABORT, 'no room'); END"));
        Write(Two);
        var before = judged;
        for (var look = 0; look < 70; look++) await LookAsync();
        // After 1, 2, 4, 8, 16 and 32 looks, two checks each.
        (judged - before).ShouldBe(2 * 7);
        log.Warnings.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_file_is_judged_once()
    {
        Write(Two);
        await BeginAsync();
        judged.ShouldBe(2);
    }

    [Fact]
    public async Task While_another_file_is_being_applied_the_one_before_it_is_in_force()
    {
        Write(One);
        await BeginAsync();
        Write(Two);
        await LookAsync();
        await time.Waiting.WaitAsync(Patience);
        await store.Registry.Turn.WaitAsync();
        judging = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await time.ReleaseAsync();
        await judging.Task.WaitAsync(Patience);
        loop.State.ShouldBe(new FollowedConfiguration(IsApplied: true, Samples.At, StorageTerms.None));
        store.Registry.Turn.Release();
        await time.Waiting.WaitAsync(Patience);
        (loop.State.IsApplied, string.Join(' ', Ids())).ShouldBe((true, "a b"));
    }

    // Each version at a time of its own, as the clock of a file system makes it sooner or later.
    private void Write(string? text)
    {
        if (text is null)
        {
            System.IO.File.Delete(File);
            return;
        }

        System.IO.File.WriteAllText(File, text);
        System.IO.File.SetLastWriteTimeUtc(File, DateTime.UnixEpoch.AddSeconds(++writes));
    }

    private void Make(bool prune = false)
    {
        var kinds = new Catalogue(Samples.Kind with { RefuseTarget = Count });
        loop = new ConfigurationLoop(new ConfigurationSource(File, prune), new Applying(store.Database, store.Registry, new CheckChanges(store.Registry, new AgentLinks(), new LiveStream(), kinds, time), kinds, time), store.Database, kinds, time, log);
    }

    private string? Count(string target)
    {
        judged++;
        judging.TrySetResult();
        return Samples.Kind.RefuseTarget(target);
    }

    private async Task BeginAsync(bool prune = false)
    {
        Make(prune);
        (await loop.BeginAsync()).ShouldBeEmpty();
        running = loop.RunAsync(stop.Token);
    }

    // One look, with all that follows from it.
    private async Task LookAsync()
    {
        await time.Waiting.WaitAsync(Patience);
        await time.ReleaseAsync();
        await Task.WhenAny(time.Waiting, running).WaitAsync(Patience);
        running.IsCompleted.ShouldBeFalse();
    }

    private IEnumerable<string> Ids() => store.Registry.All.Select(record => record.Check.Id);
}
