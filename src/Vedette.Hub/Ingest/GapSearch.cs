using Vedette.Hub.Checks;

namespace Vedette.Hub.Ingest;

/// <summary>Finds the slots between two results of a check on an agent, or after the last, in which there should have been more.</summary>
internal static class GapSearch
{
    // A run may end this long after its deadline, and its result be known.
    private static readonly TimeSpan OnItsWay = TimeSpan.FromSeconds(5);

    /// <summary>The gap before a run; null when there is none.</summary>
    /// <param name="record">The check as it is before the run.</param>
    /// <param name="run">The run.</param>
    /// <param name="lost">Results of its stream that the agent dropped, if it said so.</param>
    public static Gap? Before(CheckRecord record, Result run, LostResults? lost) =>
        record.LastResults.GetValueOrDefault(run.Agent) is { } last ? Between(record, last, run.ScheduledAt, Cause(last, run, lost)) : null;

    /// <summary>The gaps that go on: of each agent that has run it, when slots have passed since of which there should be results by now.</summary>
    /// <param name="record">The check as it is.</param>
    /// <param name="now">The time.</param>
    /// <param name="isConnected">Whether an agent is there.</param>
    public static IEnumerable<Gap> Open(CheckRecord record, DateTimeOffset now, Func<string, bool> isConnected) =>
        record.LastResults.Values.Select(last => Between(record, last, now - record.Check.Timeout - OnItsWay, isConnected(last.Agent) ? GapCauses.Missed : GapCauses.AgentDown)).OfType<Gap>();

    private static Gap? Between(CheckRecord record, Result last, DateTimeOffset until, string cause)
    {
        if (record.Lifecycle != Lifecycle.Active) return null;

        // Slots from before it had those it has are none of it.
        var from = last.ScheduledAt > record.SlotsSince ? last.ScheduledAt : record.SlotsSince;
        var interval = record.Check.Interval;
        if (until - from < interval) return null;
        var first = new Grid(record.Check.Id, interval).After(from);
        var slots = (until - first + interval - TimeSpan.FromTicks(1)) / interval;
        return slots < 1 ? null : new Gap(record.Check.Id, last.Agent, first, first + (((long)slots - 1) * interval), (long)slots, cause);
    }

    private static string Cause(Result last, Result run, LostResults? lost)
    {
        if (last.Epoch != run.Epoch) return GapCauses.AgentDown;
        return lost is { } range && last.Seq < range.LastSeq && run.Seq > range.FirstSeq ? GapCauses.Dropped : GapCauses.Missed;
    }
}

/// <summary>Results of an agent's stream that will never come.</summary>
internal readonly record struct LostResults(ulong FirstSeq, ulong LastSeq);
