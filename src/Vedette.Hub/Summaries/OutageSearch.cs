namespace Vedette.Hub.Summaries;

/// <summary>Finds the longest outage while results pass by in their order. Runs that could not measure neither begin nor end one.</summary>
internal sealed class OutageSearch
{
    private readonly Dictionary<string, Outage> going = [];

    /// <summary>The longest so far, those that go on included.</summary>
    public Outage? Longest => going.Values.Append(ended).OfType<Outage>().MaxBy(outage => outage.Seconds);

    private Outage? ended;

    public void Add(Result result)
    {
        var known = going.GetValueOrDefault(result.Agent);
        switch (result.Status)
        {
            case Status.Down:
                going[result.Agent] = known is null ? new(result.Agent, result.ScheduledAt, result.ScheduledAt, 0, false, result.Reason) : Until(known, result, isOver: false);
                break;
            case Status.Up or Status.Degraded when known is not null:
                going.Remove(result.Agent);
                var over = Until(known, result, isOver: true);
                if (ended is null || over.Seconds > ended.Seconds) ended = over;
                break;
        }
    }

    private static Outage Until(Outage outage, Result result, bool isOver) =>
        outage with { To = result.ScheduledAt, Seconds = (result.ScheduledAt - outage.From).TotalSeconds, IsOver = isOver };
}
