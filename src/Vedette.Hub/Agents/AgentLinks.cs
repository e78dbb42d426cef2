using System.Collections.Concurrent;
using Vedette.Hub.Checks;
using Vedette.Wire;

namespace Vedette.Hub.Agents;

/// <summary>The agents that are connected now, by name. The newest connection of a name is the one that counts.</summary>
internal sealed class AgentLinks
{
    private const int ChecksAFrame = 200;

    private readonly ConcurrentDictionary<string, AgentLink> links = new();

    /// <summary>Takes a connection and gives it everything it is to run.</summary>
    public void Join(AgentLink link, IEnumerable<CheckRecord> active)
    {
        links[link.Session.Agent] = link;
        var parts = active.Where(record => Runs(record, link.Session.Agent)).Chunk(ChecksAFrame).DefaultIfEmpty([]).ToList();
        for (var part = 0; part < parts.Count; part++) link.Assign(full: true, parts[part], more: part < parts.Count - 1);
    }

    /// <summary>Lets a connection go, unless a newer one has taken its place.</summary>
    public void Leave(AgentLink link) => links.TryRemove(new(link.Session.Agent, link));

    /// <summary>Whether this is the connection that counts.</summary>
    public bool IsCurrent(AgentLink link) => links.GetValueOrDefault(link.Session.Agent) == link;

    /// <summary>The names of those that are connected.</summary>
    public ICollection<string> Names => links.Keys;

    /// <summary>Gives a check to its agents, and takes it from all others.</summary>
    public void Assign(CheckRecord record)
    {
        foreach (var (name, link) in links)
            if (Runs(record, name)) link.Assign(full: false, [record]);
            else link.Send(Without(record.Key));
    }

    /// <summary>Takes a check from all agents.</summary>
    public void Unassign(long key)
    {
        foreach (var link in links.Values) link.Send(Without(key));
    }

    private static bool Runs(CheckRecord record, string agent) => record.Lifecycle == Lifecycle.Active && record.Check.Agents.Contains(agent);

    private static HubFrame Without(long key) => new() { Assignment = new() { Removed = { key } } };
}
