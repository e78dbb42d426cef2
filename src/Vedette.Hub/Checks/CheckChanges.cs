using Microsoft.Data.Sqlite;
using Vedette.Hub.Agents;
using Vedette.Hub.Live;
using Vedette.State;

namespace Vedette.Hub.Checks;

/// <summary>What changing checks is, whoever does it: first durable, then in memory, at the agents and on screens.</summary>
internal sealed class CheckChanges(CheckRegistry registry, AgentLinks links, LiveStream live, Catalogue catalogue, TimeProvider time)
{
    /// <summary>Writes a check that was not there, active or not, and gives it with its key.</summary>
    public CheckRecord Add(SqliteConnection connection, Check check, Lifecycle lifecycle, DateTimeOffset now, Origin origin) =>
        new(CheckTable.Insert(connection, check, lifecycle, now, origin), check, lifecycle, now, now) { Origin = origin, LatencyPhase = catalogue.Find(check.Kind)!.LatencyPhase };

    /// <summary>Writes a check in the place of what it was: what differs, and an event for what people did to it.</summary>
    /// <param name="connection">Inside a transaction.</param>
    /// <param name="before">What it was.</param>
    /// <param name="after">What it is to be, under the same key.</param>
    /// <param name="now">When.</param>
    /// <param name="edit">How it is called when its configuration changes.</param>
    public static void Write(SqliteConnection connection, CheckRecord before, CheckRecord after, DateTimeOffset now, string edit)
    {
        if (after.Origin != before.Origin) CheckTable.Update(connection, after.Key, after.Origin);
        if (after.Check != before.Check)
        {
            CheckTable.Update(connection, after.Key, after.Check, after.SlotsSince);
            EventTable.Add(connection, now, after.Key, null, "edited", edit);
        }

        if (after.Lifecycle != before.Lifecycle)
        {
            CheckTable.Move(connection, after.Key, after.Lifecycle, now);
            EventTable.Add(connection, now, after.Key, null, "lifecycle", Verb(before.Lifecycle, after.Lifecycle));
        }

        // Most changes leave a check standing as it stood, and the same object says so.
        if (after.Standings == before.Standings) return;
        StandingTable.Delete(connection, after.Key);
        foreach (var (agent, standing) in after.Standings) StandingTable.Put(connection, after.Key, agent, standing);
    }

    /// <summary>Takes what was written into memory, to the agents and onto screens.</summary>
    public void TakeEffect(IReadOnlyCollection<CheckRecord> changed, IReadOnlyCollection<CheckRecord> removed)
    {
        foreach (var record in changed) registry.Put(record);
        foreach (var record in removed) registry.Remove(record);
        registry.Announce();
        links.Assign(changed, [.. removed.Select(record => record.Key)]);
        foreach (var record in changed) live.Publish(LiveEvents.Check, record.Check.Id, record.Show(catalogue, time.GetUtcNow()), ApiJson.Readable.WatchedCheck);
        foreach (var id in removed.Select(record => record.Check.Id)) live.Publish(LiveEvents.Removed, id, new RemovedCheck(id), ApiJson.Readable.RemovedCheck);
    }

    private static string Verb(Lifecycle from, Lifecycle to) => to switch
    {
        Lifecycle.Paused => "pause",
        Lifecycle.Stopped => "stop",
        _ => from == Lifecycle.Stopped ? "start" : "resume",
    };
}
