using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Vedette.History;
using Vedette.Hub.Agents;
using Vedette.Hub.Checks;
using Vedette.Hub.Live;
using Vedette.State;
using Vedette.State.Sqlite;
using Vedette.Wire;

namespace Vedette.Hub.Ingest;

/// <summary>What an agent sent and is to be stored: a batch, or a gap without one.</summary>
internal sealed record Arrival(AgentLink Link, ulong FirstSeq, ulong LastSeq, ResultBatch? Batch, string? GapCause);

/// <summary>
/// Stores what agents send. Everything that waits goes into one transaction with its cursors, statuses and events; only then is it
/// acknowledged, taken into memory and shown.
/// </summary>
internal sealed partial class IngestLoop(
    Database database, CheckRegistry registry, AgentLinks links, LiveStream live, Catalogue catalogue, TimeProvider time, ILogger<IngestLoop> logger)
{
    private const int MostWaiting = 256;
    private const int MostTogether = 64;
    private const string NotYet = "results are not taken in yet";

    private static readonly Counter<long> Stored = Telemetry.Meter.CreateCounter<long>("vedette.hub.results", "{result}", "Results that were stored.");
    private static readonly Counter<long> Repeated = Telemetry.Meter.CreateCounter<long>("vedette.hub.repeated_results", "{result}", "Results that came again and were stored already.");

    private static readonly Counter<long> Unreadable = Telemetry.Meter.CreateCounter<long>("vedette.hub.unreadable_results", "{result}", "Results that the hub failed to take in and passed over.");

    private readonly Channel<Arrival> waiting = Channel.CreateBounded<Arrival>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    // Which of those that are being stored is being written.
    private int current;

    /// <summary>Takes an arrival; waits while too much is on its way to disk.</summary>
    public ValueTask AddAsync(Arrival arrival, CancellationToken cancellation) => waiting.Writer.WriteAsync(arrival, cancellation);

    /// <summary>Why results are not being stored; null when they are.</summary>
    public string? NotReady { get; private set; } = NotYet;

    /// <summary>Stores what comes until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        if (NotReady == NotYet) NotReady = null;
        var arrivals = new List<Arrival>(MostTogether);
        while (await waiting.Reader.WaitToReadAsync(stop))
        {
            arrivals.Clear();
            while (arrivals.Count < MostTogether && waiting.Reader.TryRead(out var arrival)) arrivals.Add(arrival);
            await StoreAsync(arrivals);
        }
    }

    private async Task StoreAsync(List<Arrival> arrivals)
    {
        await registry.Turn.WaitAsync();
        try
        {
            Apply(await WriteAsync(arrivals));
        }
        catch (Exception e)
        {
            NotReady = e.Message;
            // Nothing of it is stored, so the agents have to send it again; a new session does that. What still waits of this one would leave a hole.
            foreach (var link in arrivals.Select(arrival => arrival.Link).Distinct())
            {
                links.Leave(link);
                link.End();
            }

            // A disk that is full is the world's doing, and may be otherwise when the agents come again; anything else is a bug.
            if (e is not StateException) throw;
            NotStored(logger, e.Message);
        }
        finally
        {
            registry.Turn.Release();
        }
    }

    // A batch that makes the hub fail would do so again each time its agent sends it: it is passed over, and noted as a gap.
    private async Task<IngestChange> WriteAsync(List<Arrival> arrivals)
    {
        while (true)
            try
            {
                return await database.WriteAsync(connection => Write(connection, arrivals));
            }
            catch (Exception bug) when (bug is not StateException && current < arrivals.Count && arrivals[current].Batch is not null)
            {
                var passed = arrivals[current];
                PassedOver(logger, bug, passed.FirstSeq, passed.LastSeq, passed.Link.Session.Agent);
                Unreadable.Add((long)(passed.LastSeq - passed.FirstSeq + 1));
                arrivals[current] = passed with { Batch = null, GapCause = $"the hub failed to take them in: {bug.Message}" };
            }
    }

    private IngestChange Write(SqliteConnection connection, List<Arrival> arrivals)
    {
        var change = new IngestChange(registry);
        for (current = 0; current < arrivals.Count; current++)
        {
            var arrival = arrivals[current];
            if (!links.IsCurrent(arrival.Link)) continue;
            var session = arrival.Link.Session;
            var cursor = change.Cursors.TryGetValue(arrival.Link, out var moved) ? moved : CursorTable.Find(connection, session.Agent, session.Epoch);
            if (arrival.FirstSeq > cursor + 1)
            {
                arrival.Link.End();
                continue;
            }

            change.Cursors[arrival.Link] = Math.Max(cursor, arrival.LastSeq);
            if (arrival.LastSeq <= cursor)
            {
                Repeated.Add((long)(arrival.LastSeq - arrival.FirstSeq + 1));
                continue;
            }

            if (!CursorTable.TryAdvance(connection, session.Agent, session.Epoch, cursor, arrival.LastSeq)) throw new StateException($"the cursor of {session.Agent} moved by another hand");
            if (arrival.GapCause is not null) arrival.Link.Lost = new(cursor + 1, arrival.LastSeq);
            if (arrival.GapCause is { } cause) EventTable.Add(connection, time.GetUtcNow(), null, session.Agent, "gap", $"results {cursor + 1} to {arrival.LastSeq} are lost: {cause}");
            else Write(connection, arrival, cursor, change);
        }

        change.Write(connection);
        return change;
    }

    private static void Write(SqliteConnection connection, Arrival arrival, ulong cursor, IngestChange change)
    {
        var session = arrival.Link.Session;
        var results = BatchDecoder.Decode(arrival.Batch!, session.Agent, session.Epoch, key => change.Find(key)?.Check.Id);
        if (cursor >= arrival.FirstSeq)
        {
            // The beginning is stored already: keep only what is new, under its own numbers.
            results.RemoveAll(result => result.Seq <= cursor);
            Repeated.Add((long)(cursor - arrival.FirstSeq + 1));
            foreach (var run in Consecutive(results)) HistoryWriter.Append(connection, session.Agent, session.Epoch, BatchEncoder.Encode(run[0].Seq, run), run);
        }
        else if (results.Count > 0) HistoryWriter.Append(connection, session.Agent, session.Epoch, arrival.Batch!, results);

        foreach (var result in results) change.Take(result, arrival.Link.Lost);
    }

    private static IEnumerable<List<Result>> Consecutive(List<Result> results)
    {
        var run = new List<Result>();
        foreach (var result in results)
        {
            if (run.Count > 0 && result.Seq != run[^1].Seq + 1)
            {
                yield return run;
                run = [];
            }

            run.Add(result);
        }

        if (run.Count > 0) yield return run;
    }

    private void Apply(IngestChange change)
    {
        // To have passed over what came of links that ended is no proof that anything can be stored.
        if (change.Cursors.Count > 0) NotReady = null;
        foreach (var record in change.Records) registry.Put(record);
        foreach (var (link, seq) in change.Cursors) link.Send(new() { Ack = new() { CommittedSeq = seq } });
        foreach (var result in change.Results) live.Publish(LiveEvents.Result, result.Check, result, ApiJson.Readable.Result);
        foreach (var record in change.Turned) live.Publish(LiveEvents.Check, record.Check.Id, record.Show(catalogue, time.GetUtcNow()), ApiJson.Readable.WatchedCheck);
        Stored.Add(change.Results.Count);
        registry.Announce();
    }

    [LoggerMessage(314, LogLevel.Error, "Results {FirstSeq} to {LastSeq} of {Agent} could not be taken in and are lost; please report this as a bug.")]
    private static partial void PassedOver(ILogger logger, Exception bug, ulong firstSeq, ulong lastSeq, string agent);

    [LoggerMessage(312, LogLevel.Error, "Results were not stored, and their agents keep them: {Problem}.")]
    private static partial void NotStored(ILogger logger, string problem);
}
