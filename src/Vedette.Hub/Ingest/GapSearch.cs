using Vedette.Hub.Checks;

namespace Vedette.Hub.Ingest;

/// <summary>Finds the slots between two results of a check on an agent in which there should have been more.</summary>
internal static class GapSearch
{
    /// <summary>The gap before a run; null when there is none.</summary>
    /// <param name="record">The check as it is before the run.</param>
    /// <param name="run">The run.</param>
    /// <param name="lost">Results of its stream that the agent dropped, if it said so.</param>
    public static Gap? Before(CheckRecord record, Result run, LostResults? lost)
    {
        if (record.Lifecycle != Lifecycle.Active || record.LastResults.GetValueOrDefault(run.Agent) is not { } last) return null;

        // Slots from before it had those it has are none of it.
        var from = last.ScheduledAt > record.SlotsSince ? last.ScheduledAt : record.SlotsSince;
        var interval = record.Check.Interval;
        if (run.ScheduledAt - from < interval) return null;
        var first = new Grid(record.Check.Id, interval).After(from);
        var slots = (run.ScheduledAt - first + interval - TimeSpan.FromTicks(1)) / interval;
        return slots < 1 ? null : new Gap(record.Check.Id, run.Agent, first, first + (((long)slots - 1) * interval), (long)slots, Cause(last, run, lost));
    }

    private static string Cause(Result last, Result run, LostResults? lost)
    {
        if (last.Epoch != run.Epoch) return GapCauses.AgentDown;
        return lost is { } range && last.Seq < range.LastSeq && run.Seq > range.FirstSeq ? GapCauses.Dropped : GapCauses.Missed;
    }
}

/// <summary>Results of an agent's stream that will never come.</summary>
internal readonly record struct LostResults(ulong FirstSeq, ulong LastSeq);
