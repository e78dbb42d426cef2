using Vedette.State.Sqlite;

namespace Vedette.State.Tests.Sqlite;

public sealed class DatabaseCopyTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("vedette-copies-").FullName;

    private string Data => Path.Combine(directory, "data");

    private string Copy => Path.Combine(directory, "copy.db");

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task A_copy_of_a_database_in_use_is_private_whole_and_restored_over_what_came_later()
    {
        await using (var database = Database.Open(Data))
        {
            await NoteAsync(database, 1);
            database.CopyTo(Copy);
            await NoteAsync(database, 2);
        }

        File.GetUnixFileMode(Copy).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        DatabaseCopy.Refuse(Copy).ShouldBeNull();
        var kept = DatabaseCopy.Restore(Copy, Data).ShouldNotBeNull();
        (await NotedAsync(Data)).ShouldBe(1);
        Directory.CreateDirectory(Path.Combine(directory, "old"));
        File.Move(kept, Database.FileIn(Path.Combine(directory, "old")));
        (await NotedAsync(Path.Combine(directory, "old"))).ShouldBe(2);
    }

    [Fact]
    public async Task A_copy_is_restored_where_nothing_was()
    {
        await using (var database = Database.Open(Data)) database.CopyTo(Copy);
        var elsewhere = Path.Combine(directory, "new", "data");
        DatabaseCopy.Restore(Copy, elsewhere).ShouldBeNull();
        (await NotedAsync(elsewhere)).ShouldBe(0);
    }

    // A log that a kill left behind would be read into whatever lies beside it.
    [Fact]
    public async Task The_log_of_the_database_that_was_there_goes_with_it()
    {
        await using (var database = Database.Open(Data)) database.CopyTo(Copy);
        await File.WriteAllTextAsync($"{Database.FileIn(Data)}-wal", "of another time");
        DatabaseCopy.Restore(Copy, Data);
        (await NotedAsync(Data)).ShouldBe(0);
        File.Exists($"{Database.FileIn(Data)}.before-restore-wal").ShouldBeTrue();
    }

    [Fact]
    public async Task A_database_in_use_is_not_replaced()
    {
        await using var database = Database.Open(Data);
        database.CopyTo(Copy);
        Should.Throw<StateException>(() => DatabaseCopy.Restore(Copy, Data)).Message.ShouldContain("in use by another vedette");
    }

    [Fact]
    public async Task What_was_kept_by_one_restore_is_not_lost_to_the_next()
    {
        for (var round = 1; round <= 3; round++)
        {
            await using var database = Database.Open(Data);
            await NoteAsync(database, round);
            database.CopyTo(Copy);
            await NoteAsync(database, round * 10);
            await database.DisposeAsync();
            DatabaseCopy.Restore(Copy, Data).ShouldBe($"{Database.FileIn(Data)}.before-restore{(round == 1 ? "" : $"-{round}")}");
        }

        (await NotedAsync(Data)).ShouldBe(3);
        for (var round = 1; round <= 3; round++) (await KeptAsync(round == 1 ? "" : $"-{round}")).ShouldBe(round * 10);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_restore_that_a_power_cut_broke_off_between_two_names_is_ended_at_the_next_start(bool hasLog)
    {
        await using (var database = Database.Open(Data))
        {
            await NoteAsync(database, 1);
            database.CopyTo(Copy);
            await NoteAsync(database, 2);
        }

        var file = Database.FileIn(Data);
        File.Move(file, $"{file}.before-restore");
        File.Copy(Copy, $"{file}.restored");
        if (hasLog) await File.WriteAllTextAsync($"{file}-wal", "of another time");
        (await NotedAsync(Data)).ShouldBe(1);
        File.Exists($"{file}.before-restore-wal").ShouldBe(hasLog);
        File.Exists($"{file}.restored").ShouldBeFalse();
        File.Delete($"{file}.before-restore-wal");
        (await KeptAsync("")).ShouldBe(2);
    }

    [Fact]
    public async Task What_unfinished_copies_left_goes_at_the_next_start()
    {
        await using (var database = Database.Open(Data)) await NoteAsync(database, 1);
        string[] leftovers = [.. new[] { ".restoring", ".restored", ".backup" }.Select(suffix => Database.FileIn(Data) + suffix)];
        foreach (var leftover in leftovers) await File.WriteAllTextAsync(leftover, "half a copy");
        (await NotedAsync(Data)).ShouldBe(1);
        leftovers.ShouldAllBe(leftover => !File.Exists(leftover));
    }

    // Reading where nothing is mapped fails as a disk does: https://man7.org/linux/man-pages/man5/proc_pid_mem.5.html
    [Fact]
    public async Task A_disk_that_fails_is_not_said_to_be_another_vedette()
    {
        await using (var database = Database.Open(Data)) await NoteAsync(database, 1);
        Should.Throw<StateException>(() => DatabaseCopy.Restore("/proc/self/mem", Data)).Message.ShouldStartWith($"the data directory {Data} cannot be used: Input/output error");
        File.Exists($"{Database.FileIn(Data)}.restoring").ShouldBeFalse();
        (await NotedAsync(Data)).ShouldBe(1);
    }

    [Fact]
    public async Task A_copy_that_cannot_be_made_leaves_nothing_behind_and_says_why()
    {
        await using (var database = Database.Open(Data))
        {
            await database.WriteAsync(connection => connection.Execute("CREATE TABLE large (data BLOB); INSERT INTO large VALUES (zeroblob(100000))"));
            Should.Throw<StateException>(() => database.CopyTo(Path.Combine(directory, "nowhere", "copy"))).Message.ShouldStartWith($"{directory}/nowhere/copy could not be written: ");
        }

        var file = await File.ReadAllBytesAsync(Database.FileIn(Data));
        file.AsSpan(file.Length - (10 * 4096) + 1, 3).Fill(0x7F);
        await File.WriteAllBytesAsync(Database.FileIn(Data), file);
        await using var damaged = Database.Open(Data);
        Should.Throw<StateException>(() => damaged.CopyTo(Copy)).Message.ShouldStartWith($"{Database.FileIn(Data)} is damaged");
        File.Exists(Copy).ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_no_copy_is_refused_by_what_it_is()
    {
        DatabaseCopy.Refuse(Copy).ShouldBe($"there is no file {Copy}");
        DatabaseCopy.Refuse(directory).ShouldNotBeNull();
        await File.WriteAllTextAsync(Copy, "");
        DatabaseCopy.Refuse(Copy).ShouldBe($"{Copy} is not a backup of Vedette");
        await File.WriteAllTextAsync(Copy, "a text of some length that is no database");
        DatabaseCopy.Refuse(Copy).ShouldBe($"{Copy} is not a backup of Vedette");
    }

    [Fact]
    public async Task A_copy_of_a_newer_version_is_refused_and_says_so()
    {
        await using (var database = Database.Open(Data))
        {
            await database.WriteAloneAsync(connection => connection.Execute("PRAGMA user_version = 99"));
            database.CopyTo(Copy);
        }

        DatabaseCopy.Refuse(Copy).ShouldNotBeNull().ShouldContain("was written by a newer Vedette (version 99");
    }

    [Fact]
    public async Task A_copy_that_is_cut_or_overwritten_is_refused_and_nothing_throws()
    {
        await using (var database = Database.Open(Data))
        {
            for (var i = 0; i < 300; i++) await NoteAsync(database, i);
            database.CopyTo(Copy);
        }

        var whole = await File.ReadAllBytesAsync(Copy);
        for (var length = 0; length < whole.Length; length += 1000)
        {
            await File.WriteAllBytesAsync(Copy, whole[..length]);
            DatabaseCopy.Refuse(Copy).ShouldNotBeNull($"cut at {length}");
        }

        for (var page = 1; page < 4; page++)
        {
            var changed = whole.ToArray();
            changed.AsSpan(page * 4096, 512).Fill(0xA5);
            await File.WriteAllBytesAsync(Copy, changed);
            DatabaseCopy.Refuse(Copy).ShouldBe($"{Copy} is damaged; use another backup");
        }
    }

    private static Task<int> NoteAsync(Database database, long batch) => database.WriteAsync(connection => ProjectionTable.Put(connection, "a", batch));

    // A database that was kept, on its own.
    private async Task<long> KeptAsync(string number)
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(directory, $"kept{number}")).FullName;
        File.Copy($"{Database.FileIn(Data)}.before-restore{number}", Database.FileIn(elsewhere));
        return await NotedAsync(elsewhere);
    }

    private static async Task<long> NotedAsync(string data)
    {
        await using var database = Database.Open(data);
        return database.Read(connection => ProjectionTable.Find(connection, "a"));
    }
}
