using Vedette.State;
using Vedette.State.Sqlite;
using Vedette.Wire;

namespace Vedette.History.Tests;

/// <summary>A database of its own with ways to put history into it.</summary>
internal sealed class StoredHistory : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string directory = Directory.CreateTempSubdirectory("vedette-history-").FullName;
    private readonly Dictionary<string, ulong> sequences = [];

    public StoredHistory()
    {
        Database = Database.Open(directory);
        Reader = new HistoryReader(Database.Reads, Damage.Add);
    }

    public Database Database { get; }

    public HistoryReader Reader { get; }

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

    /// <summary>Compacts all batches but the newest.</summary>
    public Task<bool> CompactAsync(long followed = long.MaxValue, long most = long.MaxValue) => new Compactor(Database, Damage.Add).RunAsync(followed, most, CancellationToken.None);

    public Task<long> AddCheckAsync(string id) => Database.WriteAsync(connection => CheckTable.Insert(
        connection, new Check { Id = id, Kind = "icmp", Target = "192.0.2.1", Interval = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(1) }, Lifecycle.Active, Start));

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

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }
}
