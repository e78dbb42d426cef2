using System.Text.Json;

namespace Vedette.Cli.Hub;

/// <summary>
/// Follows the results of one check over lost connections and restarts of the hub: every result is shown once. Within an epoch of an agent
/// the results of a check come in the order of their numbers, so the highest seen tells what is new.
/// </summary>
/// <param name="hub">Whom to ask.</param>
/// <param name="id">The check's id.</param>
/// <param name="first">What to begin with.</param>
/// <param name="show">Shows one result.</param>
/// <param name="notice">Tells people what happens to the connection or the check.</param>
/// <param name="time">The clock of the pauses between attempts.</param>
internal sealed class Follow(HubClient hub, string id, ResultQuery first, Func<Result, Task> show, Func<string, Task> notice, TimeProvider time) : Reconnecting(hub, id, time)
{
    private readonly string id = id;
    private readonly Dictionary<(string Agent, string? Epoch), Result> seen = [];
    private WatchedCheck? check;
    private bool lost;
    private bool knowsThePast;

    /// <summary>Returns when the check is removed.</summary>
    /// <exception cref="HubError">There is no such check, or the hub cannot be asked in the first place.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await ReadAsync(cancellation);
            await SayRemovedAsync();
        }
        catch (HubError e) when (check is not null && e.IsNotFound)
        {
            await SayRemovedAsync();
        }
    }

    /// <inheritdoc/>
    protected override async Task LiveAsync(CancellationToken cancellation)
    {
        if (lost) await notice($"the hub at {Hub.Name} is back");
        lost = false;
    }

    /// <inheritdoc/>
    protected override async Task LostAsync(string why, CancellationToken cancellation)
    {
        if (!lost) await notice($"the connection to the hub at {Hub.Name} was lost ({why}); trying again until it is back");
        lost = true;
    }

    /// <inheritdoc/>
    protected override async Task<bool> TakeAsync(StreamedEvent message, CancellationToken cancellation)
    {
        switch (message.Kind)
        {
            case LiveEvents.Result when JsonSerializer.Deserialize(message.Data, ApiJson.Readable.Result) is { } result && IsNew(result, seen):
                seen[(result.Agent, result.Epoch)] = result;
                if (first.Status is null || first.Status == result.Status) await show(result);
                return true;
            case LiveEvents.Check when JsonSerializer.Deserialize(message.Data, ApiJson.Readable.WatchedCheck) is { } changed:
                await MeetAsync(changed);
                return true;
            default:
                return message.Kind != LiveEvents.Removed;
        }
    }

    /// <inheritdoc/>
    protected override async Task SynchroniseAsync(CancellationToken cancellation)
    {
        await MeetAsync(await Hub.CheckAsync(id, cancellation));
        var query = !knowsThePast ? first : new ResultQuery(SeenUpTo is null ? ResultQuery.Most : null, From: SeenUpTo);
        // All are compared with what was seen before any of them was shown: they come by time, which need not be the order of their numbers.
        var before = new Dictionary<(string, string?), Result>(seen);
        await foreach (var result in Hub.EachResultAsync(id, query, cancellation))
        {
            if (!IsNew(result, before)) continue;
            if (first.Status is null || first.Status == result.Status) await show(result);
            if (IsNew(result, seen)) seen[(result.Agent, result.Epoch)] = result;
        }

        if (knowsThePast) return;
        knowsThePast = true;
        // What the query left out was there before as well.
        foreach (var latest in check!.Status.Agents.Select(agent => agent.LastResult).Append(check.Status.LastResult).OfType<Result>().Where(latest => IsNew(latest, seen))) seen[(latest.Agent, latest.Epoch)] = latest;
    }

    // Of the agent that is furthest behind.
    private DateTimeOffset? SeenUpTo =>
        seen.Count == 0 ? null : seen.Values.GroupBy(result => result.Agent).Min(results => results.Max(result => result.ScheduledAt));

    private static bool IsNew(Result result, Dictionary<(string, string?), Result> known) => !known.TryGetValue((result.Agent, result.Epoch), out var newest) || result.Seq > newest.Seq;

    private Task SayRemovedAsync() => notice($"the check '{id}' was removed");

    private async Task MeetAsync(WatchedCheck now)
    {
        if (check is not null && check.CreatedAt != now.CreatedAt) throw new HubError($"the check '{id}' was removed and added anew", ExitCodes.Refused, System.Net.HttpStatusCode.NotFound);
        if (check?.Lifecycle != now.Lifecycle)
        {
            if (now.Lifecycle == Lifecycle.Paused) await notice($"'{id}' is paused; nothing new comes until: vedette check resume {id}");
            else if (now.Lifecycle == Lifecycle.Stopped) await notice($"'{id}' is stopped; nothing new comes until: vedette check start {id}");
            else if (check is not null) await notice($"'{id}' is active again");
        }

        check = now;
    }
}
