using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.State.Tests.Sqlite;

public sealed class MigrationTests : IDisposable
{
    private const string Definition = """{"id":"a","kind":"icmp","target":"192.0.2.1","every":"30s","timeout":"5s"}""";

    private readonly string directory = Directory.CreateTempSubdirectory("vedette-migrations-").FullName;

    private string DatabaseFile => Path.Combine(directory, "vedette.db");

    private string Copy => $"{DatabaseFile}.before-v2";

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task A_database_of_the_first_version_keeps_its_checks_and_gains_what_is_new()
    {
        WriteFirstVersion();
        await using var database = Database.Open(directory);
        var check = database.Read(CheckTable.All).ShouldHaveSingleItem();
        (check.Key, check.Check.Id, check.Check.Interval, check.Lifecycle).ShouldBe((7, "a", TimeSpan.FromSeconds(30), Lifecycle.Active));
        (await database.WriteAsync(c => CursorTable.TryAdvance(c, "local", "9f", 0, 1))).ShouldBeTrue();
        (await database.WriteAsync(c => CheckTable.Insert(c, check.Check with { Id = "b" }, Lifecycle.Active, check.CreatedAt))).ShouldBeGreaterThan(7);
    }

    [Fact]
    public async Task The_copy_kept_before_a_migration_is_private_and_is_the_database_as_it_was()
    {
        WriteFirstVersion();
        await using (Database.Open(directory)) { }
        File.GetUnixFileMode(Copy).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var connection = Connect(Copy);
        connection.Scalar("PRAGMA user_version").ShouldBe(1L);
        connection.Scalar("PRAGMA integrity_check").ShouldBe("ok");
        connection.Scalar("SELECT definition FROM checks WHERE key = 7").ShouldBe(Definition);
        connection.Scalar("SELECT count(*) FROM sqlite_master WHERE name = 'cursors'").ShouldBe(0L);
    }

    [Fact]
    public async Task Batches_that_an_earlier_version_kept_wait_to_be_compacted()
    {
        WriteFirstVersion();
        using (var connection = Connect(DatabaseFile))
        {
            using var script = new StreamReader(typeof(Database).Assembly.GetManifestResourceStream("0002_ingest")!);
            connection.Execute($"{script.ReadToEnd()}; PRAGMA user_version = 2");
            connection.Execute("INSERT INTO history VALUES (5, 'local', '9f', 1000, x'0102'), (6, 'local', '9f', 2000, x'03')");
            connection.Execute("INSERT INTO projections VALUES ('result-log', 6)");
        }

        await using var database = Database.Open(directory);
        database.Read(c => c.Rows("SELECT number, first_at, last_at, agent, epoch, hex(batch) FROM history_batches ORDER BY number", row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetString(3), row.GetString(4), row.GetString(5))))
            .ShouldBe([(5, 0, 1000, "local", "9f", "0102"), (6, 0, 2000, "local", "9f", "03")]);
        database.Read(c => ProjectionTable.Find(c, "result-log")).ShouldBe(6);
    }

    [Fact]
    public async Task Slots_of_checks_that_an_earlier_version_kept_begin_with_the_last_that_may_have_changed_them()
    {
        WriteFirstVersion();
        using (var connection = Connect(DatabaseFile))
        {
            foreach (var name in new[] { "0002_ingest", "0003_history", "0004_configuration" })
            {
                using var script = new StreamReader(typeof(Database).Assembly.GetManifestResourceStream(name)!);
                connection.Execute($"{script.ReadToEnd()}; PRAGMA user_version = {name[3]}");
            }

            connection.Execute("INSERT INTO checks (key, id, definition, lifecycle, created_at, lifecycle_since) VALUES (8, 'b', $1, 'Active', 0, 5000)", Definition);
            connection.Execute("INSERT INTO events (at, check_key, kind, detail) VALUES (7000, 7, 'edited', ''), (6000, 7, 'edited', ''), (9000, 7, 'status', ''), (4000, 8, 'edited', '')");
        }

        await using var database = Database.Open(directory);
        database.Read(CheckTable.All).Select(check => (check.Key, (check.SlotsSince - DateTimeOffset.UnixEpoch).TotalMilliseconds)).ShouldBe([(7, 7), (8, 5)]);
    }

    [Fact]
    public async Task A_copy_that_a_crash_left_unfinished_is_made_again()
    {
        WriteFirstVersion();
        await File.WriteAllTextAsync(Copy, "half a copy");
        await using (Database.Open(directory)) { }
        using var connection = Connect(Copy);
        connection.Scalar("SELECT count(*) FROM checks").ShouldBe(1L);
    }

    [Fact]
    public async Task A_new_database_and_one_that_is_up_to_date_need_no_copy()
    {
        await using (Database.Open(directory)) { }
        await using (Database.Open(directory)) { }
        Directory.GetFiles(directory, "*before*").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_the_database_of_the_version_it_was()
    {
        WriteFirstVersion();
        using (var connection = Connect(DatabaseFile)) connection.Execute("CREATE TABLE history (mine TEXT)");
        Should.Throw<StateException>(() => Database.Open(directory)).Message.ShouldContain(DatabaseFile);
        using (var connection = Connect(DatabaseFile))
        {
            connection.Scalar("PRAGMA user_version").ShouldBe(1L);
            connection.Scalar("SELECT count(*) FROM sqlite_master WHERE name = 'cursors'").ShouldBe(0L);
            connection.Execute("DROP TABLE history");
        }

        await using var database = Database.Open(directory);
        database.Read(CheckTable.All).Count.ShouldBe(1);
    }

    private void WriteFirstVersion()
    {
        using var script = new StreamReader(typeof(Database).Assembly.GetManifestResourceStream("0001_checks")!);
        using var connection = Connect(DatabaseFile);
        connection.Execute($"{script.ReadToEnd()}; PRAGMA user_version = 1");
        connection.Execute("INSERT INTO checks VALUES (7, 'a', $1, 'Active', 0)", Definition);
    }

    private static PreparingConnection Connect(string path)
    {
        SqliteLibrary.EnsureBound();
        return PreparingConnection.Open(path, SqliteOpenMode.ReadWriteCreate);
    }
}
