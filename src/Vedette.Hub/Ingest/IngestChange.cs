using Microsoft.Data.Sqlite;
using Vedette.Hub.Agents;
using Vedette.Hub.Checks;
using Vedette.State;

namespace Vedette.Hub.Ingest;

/// <summary>What one transaction changes, gathered while it is written and taken into memory once it is durable.</summary>
internal sealed class IngestChange(CheckRegistry registry)
{
    private readonly Dictionary<long, (CheckRecord Before, CheckRecord After)> changed = [];
    private readonly HashSet<(long Key, string Agent)> touched = [];

    /// <summary>How far each agent's stream is stored.</summary>
    public Dictionary<AgentLink, ulong> Cursors { get; } = [];

    /// <summary>What is new.</summary>
    public List<Result> Results { get; } = [];

    /// <summary>Every check that had a run.</summary>
    public IEnumerable<CheckRecord> Records => changed.Values.Select(change => change.After);

    /// <summary>Those whose status is another now.</summary>
    public IEnumerable<CheckRecord> Turned => changed.Values.Where(change => change.Before.Overall.Status != change.After.Overall.Status).Select(change => change.After);

    /// <summary>A check as it is after what was taken so far; null when it is gone.</summary>
    public CheckRecord? Find(long key) => changed.TryGetValue(key, out var change) ? change.After : registry.Find(key);

    /// <summary>Takes one more run.</summary>
    public void Take(Result result)
    {
        var now = Find(result.CheckKey)!;
        changed[result.CheckKey] = (changed.TryGetValue(result.CheckKey, out var change) ? change.Before : now, now.With(result));
        touched.Add((result.CheckKey, result.Agent));
        Results.Add(result);
    }

    /// <summary>Writes how the checks stand, and an event for each that turned.</summary>
    public void WriteStandings(SqliteConnection connection)
    {
        foreach (var (key, agent) in touched)
        {
            var (before, after) = changed[key];
            if (!after.Standings.TryGetValue(agent, out var standing)) continue;
            var was = before.Standings.GetValueOrDefault(agent, Standing.None);
            if (was == standing) continue;
            StandingTable.Put(connection, key, agent, standing);
            if (was.Status != standing.Status) EventTable.Add(connection, standing.Since ?? after.CreatedAt, key, agent, "status", $"{was.Status} to {standing.Status}: {standing.Message}");
        }
    }
}
