using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.State.Tests.Sqlite;

public sealed class BatchRescueTests : IDisposable
{
    private const int PageSize = 4096;
    private const int Batches = 2000;

    private readonly string directory = Directory.CreateTempSubdirectory("vedette-rescue-").FullName;

    private string DatabaseFile => Database.FileIn(directory);

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task Without_room_for_the_new_table_everything_stays_as_it_was_until_there_is_room()
    {
        await BreakAsync();
        using var connection = PreparingConnection.Open(DatabaseFile, SqliteOpenMode.ReadWrite);
        var refused = BatchRescue.Run(connection, DatabaseFile, "max_page_count = 1").ShouldNotBeNull();
        refused.Problem.ShouldBe($"{DatabaseFile} could not be written: its disk is full; make room there");
        (refused.Kept, refused.Lost.Count, refused.IsAll, UnusedPages.Any(connection)).ShouldBe((0, 0, false, false));
        Should.Throw<SqliteException>(() => connection.Rows("SELECT number FROM history_batches NOT INDEXED", row => row.GetInt64(0))).SqliteErrorCode.ShouldBe(11);

        var loss = BatchRescue.Run(connection, DatabaseFile).ShouldNotBeNull();
        (loss.Kept + loss.Lost.Count, loss.IsAll, loss.Problem, UnusedPages.Any(connection)).ShouldBe((Batches, true, null, true));
        connection.Rows("SELECT number FROM history_batches NOT INDEXED", row => row.GetInt64(0)).Count.ShouldBe(loss.Kept);
        BatchRescue.Run(connection, DatabaseFile).ShouldBeNull();
    }

    private async Task BreakAsync()
    {
        long page;
        await using (var database = Database.Open(directory))
        {
            await database.WriteAsync(connection => connection.Execute(
                """
                WITH RECURSIVE numbers(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < $1)
                INSERT INTO history_batches SELECT number, number, number, 1, NULL, 'local', 'a', zeroblob(100) FROM numbers
                """,
                Batches));
            page = (long)database.Read(connection => connection.Scalar("SELECT max(pageno) FROM dbstat WHERE name = 'history_batches' AND pagetype = 'leaf'"))!;
        }

        var file = await File.ReadAllBytesAsync(DatabaseFile);
        file.AsSpan((int)(page - 1) * PageSize, PageSize).Fill(0xEE);
        await File.WriteAllBytesAsync(DatabaseFile, file);
    }
}
