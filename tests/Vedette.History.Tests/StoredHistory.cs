using System.Text;
using Vedette.State;
using Vedette.State.Sqlite;
using Vedette.Wire;

namespace Vedette.History.Tests;

/// <summary>A database of its own with ways to put history into it.</summary>
internal sealed class StoredHistory : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private const int PageSize = 4096;

    private readonly string directory = Directory.CreateTempSubdirectory("vedette-history-").FullName;
    private readonly Dictionary<string, ulong> sequences = [];

    public StoredHistory() => (Database, Reader) = Open();

    public Database Database { get; private set; }

    public HistoryReader Reader { get; private set; }

    /// <summary>What was found to be damaged.</summary>
    public List<HistoryDamage> Damage { get; } = [];

    public string DatabaseFile => Path.Combine(directory, "vedette.db");

    /// <summary>One run of a check, so many seconds after the start.</summary>
    public static Result Run(long key, double second, Status status = Status.Up, string agent = "local") => new()
    {
        Check = Id(key),
        CheckKey = key,
        Agent = agent,
        ScheduledAt = Start.AddSeconds(second),
        StartedAt = Start.AddSeconds(second).AddMilliseconds(1),
        DurationSeconds = 0.0123,
        Status = status,
        Reason = status == Status.Down ? Reasons.Timeout : null,
        Message = status == Status.Down ? "no answer" : null,
        Phases = new(new KeyValuePair<string, double>("resolve", 0.001), new KeyValuePair<string, double>("rtt", 0.0112)),
        Measurements = new(new KeyValuePair<string, double>("icmp_packets_sent_count", 3)),
        Attributes = new(new KeyValuePair<string, string>("address", "192.0.2.1"), new KeyValuePair<string, string>("family", "4")),
    };

    public static string Id(long key) => $"check-{key}";

    /// <summary>Stores runs of one agent as one block; they as they are to be read back.</summary>
    public async Task<List<Result>> AppendAsync(params Result[] runs)
    {
        var agent = runs[0].Agent;
        var first = sequences.GetValueOrDefault(agent) + 1;
        sequences[agent] = first + (ulong)runs.Length - 1;
        List<Result> stored = [.. runs.Select((run, i) => run with { Epoch = "9f", Seq = first + (ulong)i })];
        await Database.WriteAsync(connection =>
        {
            HistoryWriter.Append(connection, agent, "9f", BatchEncoder.Encode(first, stored), stored);
            return true;
        });
        return stored;
    }

    public List<Result> Newest(long key, int most = 100, DateTimeOffset? from = null, DateTimeOffset? to = null, Status? status = null) =>
        Reader.Newest(Query(key) with { From = from ?? DateTimeOffset.UnixEpoch, To = to ?? DateTimeOffset.MaxValue, Status = status }, most);

    /// <summary>What a start reads of some checks, which two agents run.</summary>
    public List<List<Result>> NewestOfEach(int most, params long[] keys) => [.. Reader.NewestOfEach(keys.ToDictionary(key => key, key => Check(Id(key)) with { Agents = ["local", "remote"] }), most)];

    /// <summary>All results of a check, as they are read one after the other.</summary>
    public List<Result> Each(long key) => [.. Reader.Each(Query(key))];

    public static HistoryQuery Query(long key) => new(key, Id(key));

    /// <summary>The slots of what is newest, in seconds after the start.</summary>
    public List<double> NewestSeconds(long key, int most = 100) => [.. Newest(key, most).Select(run => (run.ScheduledAt - Start).TotalSeconds)];

    public List<StoredBatch> Batches(long after = 0) => Database.Read(connection => HistoryReader.After(connection, after, 10_000));

    /// <summary>The results of each block, by check.</summary>
    public List<(long Key, long Results, long Level)> Blocks() =>
        Database.Read(connection => connection.Rows("SELECT check_key, results, level FROM history_blocks ORDER BY check_key, block", row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2))));

    public long Count(string table) => (long)Database.Read(connection => connection.Scalar($"SELECT count(*) FROM {table}"))!;

    /// <summary>Breaks the chain of pages of a value that takes many, as a disk does that gives back another page.</summary>
    public async Task BreakAsync(string table, string column, long row)
    {
        var value = Database.Read(connection => connection.Scalar($"SELECT {column} FROM {table} WHERE rowid = $1", row));
        var bytes = value as byte[] ?? Encoding.UTF8.GetBytes((string)value!);
        bytes.Length.ShouldBeGreaterThan(5 * PageSize);
        var pages = Database.Read(connection => connection.Rows("SELECT pageno FROM dbstat WHERE name = $1 AND pagetype = 'overflow'", page => (int)(page.GetInt64(0) - 1) * PageSize, table));
        await Database.DisposeAsync();
        var file = await File.ReadAllBytesAsync(DatabaseFile);

        // Of its pages the third or so; what is searched may stand on two. The number of the next page stands before what one holds.
        var page = pages.First(at => Enumerable.Range(0, 4).Any(i => file.AsSpan(at, PageSize).IndexOf(bytes.AsSpan((2 * PageSize) + (i * 32), 32)) >= 0));
        file.AsSpan(page, 4).Fill(0x7F);
        await File.WriteAllBytesAsync(DatabaseFile, file);
        (Database, Reader) = Open();
    }

    /// <summary>Overwrites pages of tables or indexes and starts anew; a copy of the file as it was before that start.</summary>
    /// <param name="broken">The table or index, whether it is one that leads to others, <c>internal</c>, or <c>leaf</c>, and which of these in the order of their rows.</param>
    public async Task<string> BreakPagesAsync(params (string Name, string Type, Index Which)[] broken)
    {
        var pages = broken.Select(one => Database.Read(connection => connection.Rows("SELECT pageno FROM dbstat WHERE name = $1 AND pagetype = $2 ORDER BY path", row => row.GetInt64(0), one.Name, one.Type))[one.Which]).ToList();
        await Database.DisposeAsync();
        var file = await File.ReadAllBytesAsync(DatabaseFile);
        foreach (var page in pages) file.AsSpan((int)(page - 1) * PageSize, PageSize).Fill(0xEE);
        await File.WriteAllBytesAsync(DatabaseFile, file);
        await File.WriteAllBytesAsync($"{DatabaseFile}.broken", file);
        (Database, Reader) = Open();
        return $"{DatabaseFile}.broken";
    }

    /// <summary>Compacts all batches but the newest.</summary>
    public Task<bool> CompactAsync(long followed = long.MaxValue, long most = long.MaxValue) => new Compactor(Database, Damage.Add).RunAsync(followed, most, CancellationToken.None);

    public Task<long> AddCheckAsync(string id) => Database.WriteAsync(connection => CheckTable.Insert(
        connection, Check(id), Lifecycle.Active, Start));

    public Task RemoveCheckAsync(long key) => Database.WriteAsync(connection =>
    {
        CheckTable.Delete(connection, key);
        return true;
    });

    /// <summary>Lets go of everything before a time, as the hub does; how many batches and blocks that were.</summary>
    public async Task<int> DeleteBeforeAsync(DateTimeOffset before)
    {
        var pieces = 0;
        while (await Database.WriteAloneAsync(connection => HistoryRetention.DeletePieces(connection, before)) is > 0 and var deleted) pieces += deleted;
        while (await Database.WriteAloneAsync(connection => HistoryRetention.DeleteRest(connection, before)) > 0) continue;
        return pieces;
    }

    // One that cannot be packed to less than three quarters.
    public static string Text(int seed, int length)
    {
        var bytes = new byte[length * 3 / 4];
        new Random(seed).NextBytes(bytes);
        return $"\"{Convert.ToBase64String(bytes)[..(length - 2)]}\"";
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private static Check Check(string id) => new() { Id = id, Kind = "icmp", Target = "192.0.2.1", Interval = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(1) };

    private (Database Database, HistoryReader Reader) Open()
    {
        var database = Database.Open(directory);
        return (database, new HistoryReader(database.Reads, Damage.Add));
    }
}
