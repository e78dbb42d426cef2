using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.State.Tests.Tables;

public sealed class TableTests : IAsyncDisposable
{
    private static readonly DateTimeOffset At = new(2026, 1, 1, 12, 30, 15, 123, 456, TimeSpan.Zero);

    private readonly string directory = Directory.CreateTempSubdirectory("vedette-tables-").FullName;
    private Database database;

    public TableTests() => database = Database.Open(directory);

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_check_is_read_back_the_same_after_opening_again()
    {
        var full = Sample("b") with
        {
            Name = "naïve “name”",
            Assertions = ["rtt < 200ms"],
            Agents = ["local", "region=eu"],
            FailAfter = 3,
            RecoverAfter = 2,
            DownWhen = "any",
            DependsOn = ["a"],
            Labels = new(new KeyValuePair<string, string>("team", "web")),
        };
        var first = await WriteAsync(c => CheckTable.Insert(c, full, Lifecycle.Active, At));
        var second = await WriteAsync(c => CheckTable.Insert(c, Sample("a"), Lifecycle.Paused, At.AddSeconds(1)));
        await database.DisposeAsync();
        database = Database.Open(directory);
        database.Read(CheckTable.All).ShouldBe([new StoredCheck(second, Sample("a"), Lifecycle.Paused, At.AddSeconds(1), At.AddSeconds(1), Origin.Hand, At.AddSeconds(1)), new StoredCheck(first, full, Lifecycle.Active, At, At, Origin.Hand, At)]);
    }

    [Fact]
    public async Task A_change_of_a_check_touches_only_that_one_and_keeps_its_key_and_birth()
    {
        var a = await WriteAsync(c => CheckTable.Insert(c, Sample("a"), Lifecycle.Active, At));
        var b = await WriteAsync(c => CheckTable.Insert(c, Sample("b"), Lifecycle.Active, At));
        await WriteAsync(c => CheckTable.Update(c, a, Sample("a") with { Target = "192.0.2.9" }, At.AddSeconds(5)));
        database.Read(CheckTable.All)[0].SlotsSince.ShouldBe(At.AddSeconds(5));
        await WriteAsync(c => CheckTable.Move(c, a, Lifecycle.Stopped, At.AddSeconds(9)));
        database.Read(CheckTable.All).ShouldBe([new StoredCheck(a, Sample("a") with { Target = "192.0.2.9" }, Lifecycle.Stopped, At.AddSeconds(9), At, Origin.Hand, At.AddSeconds(9)), new StoredCheck(b, Sample("b"), Lifecycle.Active, At, At, Origin.Hand, At)]);
    }

    [Fact]
    public async Task Where_a_check_comes_from_is_kept_and_can_change()
    {
        var origin = new Origin("checks.yaml", new(new KeyValuePair<string, string>("password[0]", "env:NAME"), new KeyValuePair<string, string>("header[1]", "file:a: b")));
        var a = await WriteAsync(c => CheckTable.Insert(c, Sample("a"), Lifecycle.Active, At, origin));
        database.Read(CheckTable.All).Single().Origin.ShouldBe(origin);
        await WriteAsync(c => CheckTable.Update(c, a, Sample("a"), At));
        database.Read(CheckTable.All).Single().Origin.ShouldBe(origin);
        await WriteAsync(c => CheckTable.Update(c, a, origin with { Owner = "web.yaml", Secrets = NamedList<string>.Empty }));
        database.Read(CheckTable.All).Single().Origin.ShouldBe(new Origin("web.yaml", NamedList<string>.Empty));
    }

    [Fact]
    public async Task What_a_file_says_of_storage_is_kept_for_each_file()
    {
        database.Read(c => ConfigurationTable.Find(c, "a.yaml")).ShouldBeNull();
        await WriteAsync(c => ConfigurationTable.Put(c, "a.yaml", new StorageTerms(TimeSpan.FromHours(36), 1L << 30)));
        await WriteAsync(c => ConfigurationTable.Put(c, "b.yaml", StorageTerms.None));
        database.Read(c => ConfigurationTable.Find(c, "a.yaml")).ShouldBe(new StorageTerms(TimeSpan.FromHours(36), 1L << 30));
        await WriteAsync(c => ConfigurationTable.Put(c, "a.yaml", new StorageTerms(null, 1L << 29)));
        database.Read(c => ConfigurationTable.Find(c, "a.yaml")).ShouldBe(new StorageTerms(null, 1L << 29));
        database.Read(c => ConfigurationTable.Find(c, "b.yaml")).ShouldBe(StorageTerms.None);
    }

    [Fact]
    public async Task An_id_is_taken_once_and_its_key_is_never_given_again_even_after_opening_anew()
    {
        var first = await WriteAsync(c => CheckTable.Insert(c, Sample("a"), Lifecycle.Active, At));
        await Should.ThrowAsync<Exception>(() => WriteAsync(c => CheckTable.Insert(c, Sample("a"), Lifecycle.Active, At)));
        await WriteAsync(c => CheckTable.Delete(c, first));
        await database.DisposeAsync();
        database = Database.Open(directory);
        (await WriteAsync(c => CheckTable.Insert(c, Sample("a"), Lifecycle.Active, At))).ShouldBeGreaterThan(first);
    }

    [Fact]
    public async Task A_cursor_moves_only_from_where_it_stands()
    {
        (await WriteAsync(c => CursorTable.Find(c, "local", "9f"))).ShouldBe(0UL);
        (await AdvanceAsync("local", "9f", 5, 9)).ShouldBeFalse();
        (await AdvanceAsync("local", "9f", 0, 5)).ShouldBeTrue();
        (await AdvanceAsync("local", "9f", 0, 7)).ShouldBeFalse();
        (await AdvanceAsync("local", "9f", 4, 7)).ShouldBeFalse();
        (await AdvanceAsync("local", "9f", 5, 7)).ShouldBeTrue();
        (await AdvanceAsync("local", "9f", 5, 8)).ShouldBeFalse();
        database.Read(c => CursorTable.Find(c, "local", "9f")).ShouldBe(7UL);
    }

    [Theory]
    [InlineData(5UL, 5UL)]
    [InlineData(5UL, 4UL)]
    [InlineData(0UL, 0UL)]
    public async Task A_cursor_that_is_to_stay_or_go_back_is_a_fault(ulong from, ulong to)
    {
        await AdvanceAsync("local", "9f", 0, 5);
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => AdvanceAsync("local", "9f", from, to));
        database.Read(c => CursorTable.Find(c, "local", "9f")).ShouldBe(5UL);
    }

    [Fact]
    public async Task Each_agent_and_epoch_has_a_cursor_of_its_own()
    {
        await AdvanceAsync("a", "01", 0, 1);
        await AdvanceAsync("a", "02", 0, 2);
        await AdvanceAsync("b", "01", 0, 3);
        await WriteAsync(c => CursorTable.KeepOnly(c, "a", "02"));
        database.Read(c => (CursorTable.Find(c, "a", "01"), CursorTable.Find(c, "a", "02"), CursorTable.Find(c, "b", "01"))).ShouldBe((0UL, 2UL, 3UL));
    }

    [Fact]
    public async Task A_cursor_goes_as_far_as_a_stream_can()
    {
        (await AdvanceAsync("a", "01", 0, long.MaxValue)).ShouldBeTrue();
        database.Read(c => CursorTable.Find(c, "a", "01")).ShouldBe((ulong)long.MaxValue);
        await Should.ThrowAsync<OverflowException>(() => AdvanceAsync("a", "02", 0, ulong.MaxValue));
    }

    [Fact]
    public async Task A_standing_is_read_back_the_same_and_the_last_one_counts()
    {
        var key = await WriteAsync(c => CheckTable.Insert(c, Sample("a"), Lifecycle.Active, At));
        var down = new Standing(Status.Down, At, Reasons.Timeout, "no answer", 4, 0, 2);
        await WriteAsync(c => StandingTable.Put(c, key, "local", Standing.None));
        await WriteAsync(c => StandingTable.Put(c, key, "local", down));
        await WriteAsync(c => StandingTable.Put(c, key, "remote", Standing.None));
        database.Read(StandingTable.All).ShouldBe([(key, "local", down), (key, "remote", Standing.None)]);
    }

    [Fact]
    public async Task Standings_go_with_their_check_and_never_come_back()
    {
        var a = await WriteAsync(c => CheckTable.Insert(c, Sample("a"), Lifecycle.Active, At));
        var b = await WriteAsync(c => CheckTable.Insert(c, Sample("b"), Lifecycle.Active, At));
        foreach (var key in new[] { a, b }) await WriteAsync(c => StandingTable.Put(c, key, "local", Standing.None));
        await WriteAsync(c => CheckTable.Delete(c, a));
        await WriteAsync(c => StandingTable.Put(c, a, "local", Standing.None));
        database.Read(StandingTable.All).ShouldHaveSingleItem().CheckKey.ShouldBe(b);
        await WriteAsync(c => StandingTable.Delete(c, b));
        database.Read(StandingTable.All).ShouldBeEmpty();
        database.Read(CheckTable.All).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Events_of_a_check_are_told_in_order_and_those_of_others_are_not()
    {
        await WriteAsync(c => EventTable.Add(c, At, 1, "local", "status", "Up to Down: no answer"));
        await WriteAsync(c => EventTable.Add(c, At.AddSeconds(1), null, "remote", "gap", "results 1 to 3 are lost: quota"));
        await WriteAsync(c => EventTable.Add(c, At.AddSeconds(-1), 1, null, "lifecycle", "pause"));
        database.Read(c => EventTable.Of(c, 1)).ShouldBe([(At, "status", "Up to Down: no answer"), (At.AddSeconds(-1), "lifecycle", "pause")]);
        database.Read(c => EventTable.Of(c, 2)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Old_events_go_in_steps_by_age_and_by_number_and_the_newest_never()
    {
        for (var day = 0; day < 20; day++) await WriteAsync(c => EventTable.Add(c, At.AddDays(day), 1, null, "edited", "edited"));
        (await DeleteOldAsync(At.AddDays(8), kept: 100, most: 5)).ShouldBe(5);
        (await DeleteOldAsync(At.AddDays(8), kept: 100, most: 5)).ShouldBe(3);
        (await DeleteOldAsync(At.AddDays(8), kept: 100, most: 5)).ShouldBe(0);
        (await DeleteOldAsync(At, kept: 4, most: 100)).ShouldBe(8);
        Days().ShouldBe([16, 17, 18, 19]);
        (await DeleteOldAsync(At.AddYears(1), kept: 0, most: 100)).ShouldBe(3);
        Days().ShouldBe([19]);
    }

    [Fact]
    public async Task A_projection_stands_where_it_was_put_last()
    {
        database.Read(c => ProjectionTable.Find(c, "log")).ShouldBe(0);
        await WriteAsync(c => ProjectionTable.Put(c, "log", 7));
        await WriteAsync(c => ProjectionTable.Put(c, "log", 9));
        await WriteAsync(c => ProjectionTable.Put(c, "series", 3));
        database.Read(c => (ProjectionTable.Find(c, "log"), ProjectionTable.Find(c, "series"))).ShouldBe((9, 3));
    }

    private static Check Sample(string id) => new() { Id = id, Kind = "icmp", Target = "192.0.2.1", Interval = TimeSpan.FromSeconds(30), Timeout = TimeSpan.FromSeconds(5) };

    private Task<T> WriteAsync<T>(Func<SqliteConnection, T> work) => database.WriteAsync(work);

    private Task<bool> WriteAsync(Action<SqliteConnection> work) => database.WriteAsync(connection =>
    {
        work(connection);
        return true;
    });

    private Task<bool> AdvanceAsync(string agent, string epoch, ulong from, ulong to) => WriteAsync(c => CursorTable.TryAdvance(c, agent, epoch, from, to));

    private Task<int> DeleteOldAsync(DateTimeOffset before, long kept, int most) => WriteAsync(c => EventTable.DeleteOld(c, before, kept, most));

    private IEnumerable<int> Days() => database.Read(c => EventTable.Of(c, 1)).Select(e => (int)(e.At - At).TotalDays);
}
