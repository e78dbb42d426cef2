using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Vedette.History;
using Vedette.Hub.Checks;
using Vedette.State;
using Vedette.State.Sqlite;

namespace Vedette.Hub.ResultLog;

/// <summary>
/// Follows history into the readable log of each check. Its place is noted in the database now and then, not with each line; after a crash
/// the few batches since then are read again, and what the files already say is left out.
/// </summary>
internal sealed partial class ResultLogWriter
{
    private const string Projection = "result-log";

    // Never more than this lies between what is noted and what is written: one reading covers everything that may be there twice.
    private const int MostUnnoted = 64;
    private const int ManyFiles = 64;

    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(500);

    // To open a file costs more than to write a line: where there are many, each waits for some lines.
    private static readonly TimeSpan TogetherOfMany = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Noting = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);
    private static readonly Counter<long> Failures = Telemetry.Meter.CreateCounter<long>("vedette.hub.result_log_failures", "{failure}", "Times the result log could not be written and had to be tried again.");

    private readonly string directory;
    private readonly Database database;
    private readonly CheckRegistry registry;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Dictionary<string, long> keys = [];
    private readonly ArrayBufferWriter<byte> lines = new();
    private long noted;
    private long written;
    private int unnoted;
    private int appended;
    private bool recovering;

    /// <summary>Finds how far it got before.</summary>
    /// <exception cref="StateException">That cannot be read.</exception>
    public ResultLogWriter(string dataDirectory, Database database, CheckRegistry registry, TimeProvider time, ILogger<ResultLogWriter> logger)
    {
        directory = Path.Combine(dataDirectory, "results");
        (this.database, this.registry, this.time, this.logger) = (database, registry, time, logger);
        noted = Found();
    }

    /// <summary>Up to which batch everything is written, and noted.</summary>
    public long Noted => Volatile.Read(ref noted);

    /// <summary>Follows history until stopped. What cannot be written is tried again; nothing waits for it.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        noted = Found();
        StartOver();
        var since = time.GetTimestamp();
        while (!stop.IsCancellationRequested)
        {
            var change = registry.Changed;
            var followed = TryFollow();
            var isFull = unnoted == MostUnnoted;
            if (isFull || time.GetElapsedTime(since) >= Noting)
            {
                followed &= await TryNoteAsync();
                since = time.GetTimestamp();
            }

            if (isFull && followed) continue;
            if (followed) await change.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.Delay(followed ? appended < ManyFiles ? Together : TogetherOfMany : AfterFailure, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        while (TryFollow() && written != noted)
            if (!await TryNoteAsync()) return;
    }

    private long Found() => database.Read(connection => ProjectionTable.Find(connection, Projection));

    private void StartOver()
    {
        (written, unnoted, recovering) = (noted, 0, true);
        keys.Clear();
    }

    private async Task<bool> TryNoteAsync()
    {
        if (noted == written) return true;
        var batch = written;
        try
        {
            await database.WriteAsync(connection => ProjectionTable.Put(connection, Projection, batch));
            (noted, unnoted) = (batch, 0);
            return true;
        }
        catch (StateException e)
        {
            Fail(e);
            return false;
        }
    }

    private bool TryFollow()
    {
        try
        {
            Follow();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(e);
            StartOver();
            return false;
        }
    }

    private void Fail(Exception e)
    {
        Failures.Add(1);
        NotWritten(logger, directory, e.Message);
    }

    private void Follow()
    {
        // Read before the removed are looked for: whatever is read then belongs to checks that are known to be gone or still there.
        var batches = database.Read(connection => HistoryReader.After(connection, written, MostUnnoted - unnoted));
        if (recovering) TakeStock();
        DeleteRemoved();
        appended = 0;
        foreach (var results in batches.SelectMany(batch => batch.Results(key => registry.Find(key)?.Check.Id) ?? []).GroupBy(result => (result.CheckKey, result.Check)))
            Append(results.Key.CheckKey, new ResultFile(directory, results.Key.Check), results.Key.Check, results);
        recovering = false;
        unnoted += batches.Count;
        if (batches.Count > 0) written = batches[^1].Number;
    }

    private void TakeStock()
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var path in Directory.EnumerateFiles(directory, '*' + ResultFile.Extension))
        {
            var id = Path.GetFileName(path)[..^ResultFile.Extension.Length];
            keys[id] = registry.Find(id)?.Key ?? 0;
            new ResultFile(directory, id).Mend();
        }
    }

    private void DeleteRemoved()
    {
        foreach (var (id, key) in keys)
        {
            if (registry.Find(id)?.Key == key) continue;
            new ResultFile(directory, id).Delete();
            keys.Remove(id);
        }
    }

    private void Append(long key, ResultFile file, string id, IEnumerable<Result> results)
    {
        var fresh = results.ToList();
        if (recovering)
        {
            var names = file.Names(fresh.Sum(result => JsonSerializer.SerializeToUtf8Bytes(result, ApiJson.Readable.Result).Length + 1L));
            fresh.RemoveAll(result => names.Contains(new ResultName(result.Agent, result.Epoch ?? "", result.Seq)));
        }

        lines.ResetWrittenCount();
        foreach (var result in fresh)
        {
            using (var json = new Utf8JsonWriter(lines)) JsonSerializer.Serialize(json, result, ApiJson.Readable.Result);
            lines.Write("\n"u8);
        }

        keys[id] = key;
        appended++;
        file.Append(lines.WrittenSpan);
    }

    [LoggerMessage(321, LogLevel.Warning, "The result log in {Directory} could not be written and is tried again: {Problem}.")]
    private static partial void NotWritten(ILogger logger, string directory, string problem);
}
