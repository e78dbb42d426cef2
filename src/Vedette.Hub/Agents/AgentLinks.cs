using System.Collections.Concurrent;
using Vedette.Hub.Checks;

namespace Vedette.Hub.Agents;

/// <summary>The agents that are connected now, by name. The newest connection of a name is the one that counts.</summary>
internal sealed class AgentLinks
{
    private readonly ConcurrentDictionary<string, AgentLink> links = new();

    /// <summary>Takes a connection and gives it everything it is to run; an earlier one of the same agent ends.</summary>
    public void Join(AgentLink link, IEnumerable<CheckRecord> active)
    {
        if (links.TryGetValue(link.Session.Agent, out var earlier))
        {
            earlier.Send(new() { Refusal = new() { Reason = "replaced", Message = "a newer connection of this agent took its place" } });
            earlier.End();
        }

        links[link.Session.Agent] = link;
        link.Assign(full: true, active.Where(record => Runs(record, link.Session.Agent)));
    }

    /// <summary>Lets a connection go, unless a newer one has taken its place.</summary>
    public void Leave(AgentLink link) => links.TryRemove(new(link.Session.Agent, link));

    /// <summary>Whether this is the connection that counts.</summary>
    public bool IsCurrent(AgentLink link) => links.GetValueOrDefault(link.Session.Agent) == link;

    /// <summary>Whether an agent is connected.</summary>
    public bool IsConnected(string agent) => links.ContainsKey(agent);

    /// <summary>The names of those that are connected.</summary>
    public ICollection<string> Names => links.Keys;

    /// <summary>Gives checks to their agents and takes them from all others, with those that are gone.</summary>
    public void Assign(IReadOnlyCollection<CheckRecord> changed, IReadOnlyCollection<long> gone)
    {
        if (changed.Count == 0 && gone.Count == 0) return;
        foreach (var (name, link) in links)
            link.Assign(full: false, changed.Where(record => Runs(record, name)), gone.Concat(changed.Where(record => !Runs(record, name)).Select(record => record.Key)));
    }

    private static bool Runs(CheckRecord record, string agent) => record.Lifecycle == Lifecycle.Active && record.RunsOn(agent);
}
