using System.Globalization;
using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.State.Tests.Sqlite;

public sealed class DatabaseTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("vedette-state-").FullName;

    private string DatabaseFile => Path.Combine(directory, "vedette.db");

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task What_was_written_is_there_after_opening_again_and_only_its_owner_can_read_it()
    {
        await using (var database = Database.Open(directory)) await database.WriteAsync(c => Add(c, "a"));
        await using var again = Database.Open(directory);
        again.Read(Ids).ShouldBe(["a"]);
        foreach (var file in Directory.GetFiles(directory))
            (File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)).ShouldBe(UnixFileMode.None, file);
    }

    [Fact]
    public async Task Work_that_fails_is_rolled_back_alone()
    {
        await using var database = Database.Open(directory);
        var before = database.WriteAsync(c => Add(c, "before"));
        var failing = database.WriteAsync<int>(c =>
        {
            Add(c, "half");
            throw new InvalidOperationException("done in half");
        });
        var after = database.WriteAsync(c => Add(c, "after"));
        await before;
        await after;
        (await Should.ThrowAsync<InvalidOperationException>(() => failing)).Message.ShouldBe("done in half");
        database.Read(Ids).ShouldBe(["after", "before"]);
    }

    [Fact]
    public async Task A_full_disk_fails_the_work_in_one_sentence_and_work_goes_on_once_there_is_room()
    {
        await using var database = Database.Open(directory);
        await database.WriteAsync(c => Run(c, "PRAGMA max_page_count = 1"));
        var refused = await Should.ThrowAsync<StateException>(() => database.WriteAsync(c => Run(c, "CREATE TABLE large AS SELECT randomblob(100000)")));
        refused.Message.ShouldBe($"{DatabaseFile} could not be written: its disk is full; make room there");
        await database.WriteAsync(c => Run(c, "PRAGMA max_page_count = 100000"));
        await database.WriteAsync(c => Add(c, "a"));
        database.Read(Ids).ShouldBe(["a"]);
    }

    [Fact]
    public async Task Many_writers_share_commits_and_none_is_lost()
    {
        await using var database = Database.Open(directory);
        await Task.WhenAll(Enumerable.Range(0, 5000).Select(i => database.WriteAsync(c => Add(c, i.ToString(CultureInfo.InvariantCulture)))));
        database.Read(Ids).Count.ShouldBe(5000);
    }

    [Fact]
    public async Task A_removed_key_is_never_given_again()
    {
        await using var database = Database.Open(directory);
        var first = await database.WriteAsync(c => Add(c, "a"));
        await database.WriteAsync(c => Run(c, "DELETE FROM checks"));
        (await database.WriteAsync(c => Add(c, "a"))).ShouldBeGreaterThan(first);
    }

    [Fact]
    public async Task A_reader_cannot_write()
    {
        await using var database = Database.Open(directory);
        Should.Throw<SqliteException>(() => database.Read(c => Add(c, "a")));
    }

    [Fact]
    public async Task A_second_opener_is_refused_while_the_first_goes_on()
    {
        await using var database = Database.Open(directory);
        Should.Throw<StateException>(() => Database.Open(directory)).Message.ShouldContain("in use by another vedette");
        await database.WriteAsync(c => Add(c, "a"));
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_left_alone()
    {
        await using (var database = Database.Open(directory)) await database.WriteAsync(c => Add(c, "a"));
        using (var connection = new SqliteConnection($"Data Source={DatabaseFile};Pooling=False"))
        {
            connection.Open();
            Run(connection, "PRAGMA user_version = 999");
        }

        Should.Throw<StateException>(() => Database.Open(directory)).Message.ShouldContain("newer Vedette");
    }

    [Fact]
    public void A_file_that_is_no_database_is_said_to_be_damaged()
    {
        File.WriteAllText(DatabaseFile, new string('x', 4096));
        Should.Throw<StateException>(() => Database.Open(directory)).Message.ShouldContain("damaged");
    }

    [Fact]
    public async Task A_table_that_is_damaged_is_said_to_be_when_it_is_read()
    {
        await using (var database = Database.Open(directory)) await database.WriteAsync(c => Add(c, "a"));
        using (var file = File.OpenWrite(DatabaseFile))
        {
            // The first page holds the schema and stays whole.
            file.Position = 4096;
            file.Write(Enumerable.Repeat((byte)0xEE, (int)file.Length - 4096).ToArray());
        }

        await using var damaged = Database.Open(directory);
        Should.Throw<StateException>(() => damaged.Read(Ids)).Message.ShouldContain("damaged");
    }

    [Fact]
    public void A_file_in_the_place_of_the_directory_is_said_to_be_one()
    {
        File.WriteAllText(DatabaseFile, "");
        Should.Throw<StateException>(() => Database.Open(DatabaseFile)).Message.ShouldContain("it is a file");
    }

    [Fact]
    public void A_directory_that_cannot_be_made_is_one_sentence() =>
        Should.Throw<StateException>(() => Database.Open("/proc/vedette")).Message.ShouldContain("/proc/vedette");

    private static long Add(SqliteConnection connection, string id)
    {
        Run(connection, $"INSERT INTO checks (id, definition, lifecycle, created_at) VALUES ('{id}', '', 'active', 0)");
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT last_insert_rowid()";
        return (long)command.ExecuteScalar()!;
    }

    private static int Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    private static List<string> Ids(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id FROM checks ORDER BY id";
        using var reader = command.ExecuteReader();
        var ids = new List<string>();
        while (reader.Read()) ids.Add(reader.GetString(0));
        return ids;
    }
}
