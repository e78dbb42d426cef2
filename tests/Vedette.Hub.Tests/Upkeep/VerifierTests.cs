using Microsoft.Data.Sqlite;
using Vedette.History;
using Vedette.Hub.Upkeep;
using Vedette.State;
using Vedette.State.Sqlite;
using Vedette.Wire;

namespace Vedette.Hub.Tests.Upkeep;

public sealed class VerifierTests : IDisposable
{
    private const int PageSize = 4096;

    private readonly string directory = Directory.CreateTempSubdirectory("vedette verifier-").FullName;

    private string DatabaseFile => Database.FileIn(directory);

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task A_table_that_cannot_be_read_hides_nothing_that_was_found_before_or_comes_after()
    {
        await DamageAsync(await FillAsync());

        using var database = new DatabaseReads(DatabaseFile);
        var found = Verifier.Verify(database, CancellationToken.None);
        found.Problems.Count.ShouldBeGreaterThan(1);
        found.Problems[^1].ShouldBe($"{DatabaseFile} is damaged; stop the hub and put the last backup in its place with: vedette restore FILE --data '{directory}', or move it away to start anew");
        found.Pieces.ShouldBe(2);
        found.Damaged.ShouldHaveSingleItem().Piece.ShouldBe("batch 2");
    }

    [Theory]
    [InlineData("monday.db")]
    [InlineData("monday/vedette.db")]
    public async Task Of_a_damaged_backup_nothing_is_advised_that_is_for_a_hubs_own_data(string name)
    {
        await DamageAsync(await FillAsync());
        var backup = Path.Combine(directory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(backup)!);
        File.Copy(DatabaseFile, backup);

        using var database = new DatabaseReads(backup);
        Verifier.Verify(database, CancellationToken.None).Problems[^1].ShouldBe($"{backup} is damaged; use another backup");
    }

    [Fact]
    public void A_backup_of_an_earlier_version_is_refused_in_a_sentence()
    {
        SqliteLibrary.Version.ShouldNotBeNull();
        using (var connection = new SqliteConnection($"Data Source={DatabaseFile};Pooling=False"))
        {
            connection.Open();
            foreach (var name in typeof(Database).Assembly.GetManifestResourceNames().Order(StringComparer.Ordinal).Take(3))
            {
                using var script = new StreamReader(typeof(Database).Assembly.GetManifestResourceStream(name)!);
                connection.Execute(script.ReadToEnd());
            }

            connection.Execute("PRAGMA user_version = 3");
        }

        DatabaseCopy.Refuse(DatabaseFile).ShouldBeNull();
        using var database = new DatabaseReads(DatabaseFile);
        Should.Throw<StateException>(() => Verifier.Verify(database, CancellationToken.None)).Message.ShouldStartWith($"{DatabaseFile} is of another version of Vedette (version 3, this one reads ");
    }

    private async Task DamageAsync(long page)
    {
        var file = await File.ReadAllBytesAsync(DatabaseFile);
        file.AsSpan((int)(page - 1) * PageSize, PageSize).Fill(0xEE);
        await File.WriteAllBytesAsync(DatabaseFile, file);
    }

    // Two batches, of which the second is damaged; where the table of checks begins.
    private async Task<long> FillAsync()
    {
        await using var database = Database.Open(directory);
        var key = await database.WriteAsync(connection => CheckTable.Insert(
            connection, new Check { Id = "web", Kind = "icmp", Target = "192.0.2.1", Interval = TimeSpan.FromSeconds(30), Timeout = TimeSpan.FromSeconds(5) }, Lifecycle.Active, DateTimeOffset.UnixEpoch));
        for (var seq = 1UL; seq <= 2; seq++)
        {
            Result[] runs = [Samples.Run(Status.Up, (int)seq, key: key)];
            await database.WriteAsync(connection =>
            {
                HistoryWriter.Append(connection, "local", "9f", BatchEncoder.Encode(seq, runs), runs);
                return true;
            });
        }

        await database.WriteAsync(connection => connection.Execute("UPDATE history_batches SET batch = x'00' WHERE number = 2"));
        return database.Read(connection => (long)connection.Scalar("SELECT rootpage FROM sqlite_master WHERE name = 'checks'")!);
    }
}
