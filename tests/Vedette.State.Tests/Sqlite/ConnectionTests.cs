using System.Globalization;
using Vedette.State.Sqlite;

namespace Vedette.State.Tests.Sqlite;

public sealed class ConnectionTests : IAsyncDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("vedette-connections-").FullName;
    private readonly Database database;

    public ConnectionTests() => database = Database.Open(directory);

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_statement_that_runs_again_has_the_new_values_and_none_of_the_old()
    {
        foreach (var value in new object?[] { 1L, "text", null, new byte[] { 1, 2, 3 }, 2.5, "", 1L })
            (await database.WriteAsync(c => c.Scalar("SELECT $1", value))).ShouldBe(value);
    }

    [Fact]
    public async Task A_statement_is_kept_once_however_often_it_runs_and_not_without_end()
    {
        await database.WriteAsync(c =>
        {
            c.Execute("SELECT 1");
            var before = ((PreparingConnection)c).Kept;
            for (var i = 0; i < 100; i++) c.Execute("SELECT 1");
            ((PreparingConnection)c).Kept.ShouldBe(before);
            for (var i = 0; i < 1000; i++) c.Scalar(string.Create(CultureInfo.InvariantCulture, $"SELECT {i}")).ShouldBe((long)i);
            ((PreparingConnection)c).Kept.ShouldBeInRange(100, 200);
            return true;
        });
    }

    [Fact]
    public async Task A_statement_can_run_inside_itself()
    {
        var rows = await database.WriteAsync(c => c.Rows("SELECT value FROM json_each($1)", outer => c.Rows("SELECT value FROM json_each($1)", inner => outer.GetInt64(0) * inner.GetInt64(0), "[1,2]").Sum(), "[1,10]"));
        rows.ShouldBe([3, 30]);
    }

    [Fact]
    public async Task A_statement_that_was_refused_runs_when_its_values_are_right()
    {
        const string insert = "INSERT INTO projections (name, batch) VALUES ($1, $2)";
        await database.WriteAsync(c => c.Execute(insert, "a", 1));
        await Should.ThrowAsync<Exception>(() => database.WriteAsync(c => c.Execute(insert, "a", 2)));
        await database.WriteAsync(c => c.Execute(insert, "b", 3));
        database.Read(c => c.Rows("SELECT batch FROM projections ORDER BY batch", row => row.GetInt64(0))).ShouldBe([1, 3]);
    }

    [Fact]
    public async Task A_reader_that_stayed_open_sees_each_commit_as_soon_as_it_is_told()
    {
        for (var i = 1; i <= 200; i++)
        {
            var block = i;
            await database.WriteAsync(c => ProjectionTable.Put(c, "a", block));
            database.Read(c => ProjectionTable.Find(c, "a")).ShouldBe(i);
        }
    }

    [Fact]
    public void Reading_again_uses_a_connection_that_stayed_open_and_after_a_fault_another()
    {
        var first = database.Read(c => c);
        database.Read(c => c).ShouldBeSameAs(first);
        Should.Throw<InvalidOperationException>(() => database.Read<int>(c => throw new InvalidOperationException("in the middle")));
        database.Read(c => c).ShouldNotBeSameAs(first);
    }

    [Fact]
    public async Task Many_reads_at_once_all_run_and_doing_it_again_takes_no_more_handles()
    {
        await ReadAtOnceAsync(16);
        var handles = OpenHandles();
        handles.ShouldBeInRange(1, 17);
        for (var i = 0; i < 5; i++) await ReadAtOnceAsync(16);
        OpenHandles().ShouldBe(handles);
    }

    [Fact]
    public async Task Closing_closes_every_connection_and_puts_all_into_one_file()
    {
        await database.WriteAsync(c => ProjectionTable.Put(c, "a", 1));
        database.Read(c => database.Read(d => ProjectionTable.Find(d, "a"))).ShouldBe(1);
        await database.DisposeAsync();
        OpenHandles().ShouldBe(0);
        Directory.GetFiles(directory, "*-wal").ShouldBeEmpty();
        Should.Throw<ObjectDisposedException>(() => database.Read(c => ProjectionTable.Find(c, "a")));
    }

    [Fact]
    public async Task Work_alone_has_a_transaction_of_its_own_after_all_that_waits_with_it()
    {
        var order = new List<string>();
        using var begun = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var first = database.WriteAsync(_ => Note("first", () =>
        {
            begun.Set();
            go.Wait(TimeSpan.FromSeconds(30));
        }));
        begun.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue();
        // Only what is committed can be read from another connection.
        var alone = database.WriteAloneAsync(_ => Note("alone", () => database.Read(c => ProjectionTable.Find(c, "a")).ShouldBe(1)));
        var shared = database.WriteAsync(c => Note("shared", () => ProjectionTable.Put(c, "a", 1)));
        go.Set();
        await Task.WhenAll(first, alone, shared).WaitAsync(TimeSpan.FromSeconds(30));
        order.ShouldBe(["first", "shared", "alone"]);

        bool Note(string what, Action work)
        {
            work();
            order.Add(what);
            return true;
        }
    }

    [Fact]
    public async Task Work_alone_that_fails_fails_alone()
    {
        var alone = database.WriteAloneAsync<int>(c =>
        {
            ProjectionTable.Put(c, "half", 1);
            throw new InvalidOperationException("done in half");
        });
        var shared = database.WriteAsync(c => ProjectionTable.Put(c, "a", 1));
        await shared;
        await Should.ThrowAsync<InvalidOperationException>(() => alone);
        database.Read(c => ProjectionTable.Find(c, "half") + ProjectionTable.Find(c, "a")).ShouldBe(1);
    }

    private async Task ReadAtOnceAsync(int many)
    {
        using var all = new Barrier(many);
        var counts = await Task.WhenAll(Enumerable.Range(0, many).Select(_ => Task.Factory.StartNew(
            () => database.Read(c => all.SignalAndWait(TimeSpan.FromSeconds(30)) ? c.Scalar("SELECT count(*) FROM checks") : null),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        counts.ShouldAllBe(count => Equals(count, 0L));
    }

    private int OpenHandles() => Directory.GetFiles("/proc/self/fd").Count(fd => new FileInfo(fd).LinkTarget == Path.Combine(directory, "vedette.db"));
}
