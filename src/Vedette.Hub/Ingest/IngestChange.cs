using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Vedette.History;
using Vedette.Hub.Agents;
using Vedette.Hub.Checks;
using Vedette.State;

namespace Vedette.Hub.Ingest;

/// <summary>What one transaction changes, gathered while it is written and taken into memory once it is durable.</summary>
internal sealed class IngestChange(CheckRegistry registry)
{
    private readonly Dictionary<long, (CheckRecord Before, CheckRecord After)> changed = [];
    private readonly List<(long Key, string Agent, Status From, Standing To)> turns = [];
    private readonly List<(long Key, Gap Gap)> gaps = [];

    /// <summary>How far each agent's stream is stored.</summary>
    public Dictionary<AgentLink, ulong> Cursors { get; } = [];

    /// <summary>What is new.</summary>
    public List<Result> Results { get; } = [];

    /// <summary>Every check that had a run.</summary>
    public IEnumerable<CheckRecord> Records => changed.Values.Select(change => change.After);

    /// <summary>Those whose status is another now, over all agents or on one of them.</summary>
    public IEnumerable<CheckRecord> Turned
    {
        get
        {
            var turned = turns.Select(turn => turn.Key).ToHashSet();
            return Restood.Where(change => turned.Contains(change.After.Key) || change.Before.Overall.Status != change.After.Overall.Status).Select(change => change.After);
        }
    }

    // Nearly every run leaves its check standing as it stood, and the same object says so.
    private IEnumerable<(CheckRecord Before, CheckRecord After)> Restood => changed.Values.Where(change => change.Before.Standings != change.After.Standings);

    /// <summary>A check as it is after what was taken so far; null when it is gone.</summary>
    public CheckRecord? Find(long key) => changed.TryGetValue(key, out var change) ? change.After : registry.Find(key);

    /// <summary>Takes one more run.</summary>
    /// <param name="result">The run.</param>
    /// <param name="lost">Results of its stream that will never come, if its agent said so.</param>
    public void Take(Result result, LostResults? lost)
    {
        ref var change = ref CollectionsMarshal.GetValueRefOrAddDefault(changed, result.CheckKey, out var known);
        var now = known ? change.After : registry.Find(result.CheckKey)!;
        var next = now.With(result);
        if (next != now && GapSearch.Before(now, result, lost) is { } gap) gaps.Add((result.CheckKey, gap));
        change = (known ? change.Before : now, next);
        var (was, standing) = (now.StandingOn(result.Agent), next.StandingOn(result.Agent));
        if (was.Status != standing.Status) turns.Add((result.CheckKey, result.Agent, was.Status, standing));
        Results.Add(result);
    }

    /// <summary>Writes how the checks stand, an event for each time one turned, and the slots without a result.</summary>
    public void Write(SqliteConnection connection)
    {
        foreach (var (before, after) in Restood)
            foreach (var (agent, standing) in after.Standings)
                if (standing != before.StandingOn(agent)) StandingTable.Put(connection, after.Key, agent, standing);

        foreach (var (key, agent, from, to) in turns)
            EventTable.Add(connection, to.Since!.Value, key, agent, "status", to.Message is null ? $"{from} to {to.Status}" : $"{from} to {to.Status}: {to.Message}");
        foreach (var (key, gap) in gaps) GapTable.Add(connection, key, gap);
    }
}
