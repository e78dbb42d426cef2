using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Vedette.Cli.Hub;
using Vedette.Cli.Rendering;
using Vedette.Linux.Host;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette results ID</c>: what the runs of a check gave, so far or live.</summary>
internal static class ResultsVerb
{
    private const int Few = 20;
    private const int Latest = 5;

    private static readonly Argument<string> Id = HubVerb.Id();
    private static readonly Option<string?> Last = new("--last") { Description = "Only of this last while, such as 10m or 1h.", HelpName = "DURATION" };
    private static readonly Option<string?> Limit = new("--limit") { Description = $"The newest so many ({Few}; {Latest} with --follow; with --last all).", HelpName = "N" };
    private static readonly Option<string?> Only = new("--status") { Description = "Only runs that were up, degraded, down or unknown.", HelpName = "STATUS" };
    private static readonly Option<bool> Live = new("--follow", "-f") { Description = "Go on with what comes, until Ctrl+C or the check is removed." };
    private static readonly Option<bool> Json = HubVerb.Json("a JSON array; one object a line with --follow");

    public static Command Create()
    {
        Only.CompletionSources.Add([.. Enum.GetValues<Status>().Select(status => status.ToString().ToLowerInvariant())]);
        var command = new Verb("results", "Show the results of a check, oldest first.", "results web --last 1h --status down") { Id, Last, Limit, Only, Live, Json };
        command.Ask((hub, parsed, cancellation) =>
        {
            var query = Query(parsed);
            return parsed.GetValue(Live) ? FollowAsync(hub, parsed.GetRequiredValue(Id), query, Show(parsed.GetValue(Json)), cancellation) : ListAsync(hub, parsed.GetRequiredValue(Id), query, parsed.GetValue(Json), cancellation);
        });
        return command;
    }

    private static ResultQuery Query(ParseResult parsed)
    {
        var problems = new Problems();
        var last = CheckOptions.Duration(parsed, Last, problems);
        var limit = CheckOptions.Integer(parsed, Limit, problems) ?? (last is not null ? null : parsed.GetValue(Live) ? Latest : Few);
        if (limit is < 1 or > ResultQuery.Most) problems.Add(Limit.Name, string.Create(CultureInfo.InvariantCulture, $"{limit} is outside 1 to {ResultQuery.Most}"));
        var query = new ResultQuery(limit, last, Status: Status(parsed.GetValue(Only), problems));
        return problems.None ? query : throw UserError.Of(problems);
    }

    private static Status? Status(string? text, Problems problems)
    {
        if (text is null) return null;
        var known = Enum.GetValues<Status>().ToDictionary(status => status.ToString().ToLowerInvariant());
        if (known.TryGetValue(text, out var status)) return status;
        problems.Add(Only.Name, $"'{text}' is not a status; {Nearest.Hint(text, known.Keys)}");
        return null;
    }

    private static Func<Result, Task> Show(bool json)
    {
        if (json) return result => HubVerb.WriteJsonAsync(result, ApiJson.Readable.Result);
        var line = Line();
        return result => Console.Out.WriteAsync(line.Render(result));
    }

    private static ResultLine Line() => new(Palette.ForConsole(), Columns.OfConsole, TimeProvider.System);

    private static async Task<int> ListAsync(HubClient hub, string id, ResultQuery query, bool json, CancellationToken cancellation)
    {
        var count = json ? await WriteJsonAsync(hub.EachResultAsync(id, query, cancellation)) : await WriteLinesAsync(hub, id, query, cancellation);
        if (count == 0 && !json) await Console.Error.WriteLineAsync($"vedette: '{id}' has no such results{(query.Last is null && query.Status is null ? " yet; follow it with --follow" : "")}");
        return ExitCodes.Ok;
    }

    // One array, a result a line, written as they come.
    private static async Task<int> WriteJsonAsync(IAsyncEnumerable<Result> results)
    {
        await using var output = new LongOutput();
        var count = 0;
        await foreach (var result in results)
        {
            await output.WriteAsync((count++ == 0 ? "[" : ",\n") + JsonSerializer.Serialize(result, ApiJson.Readable.Result));
            if (output.ReaderIsGone) return count;
        }

        await output.WriteAsync(count == 0 ? "[]\n" : "]\n");
        return count;
    }

    private static async Task<int> WriteLinesAsync(HubClient hub, string id, ResultQuery query, CancellationToken cancellation)
    {
        if (query.Limit is null) return await WriteLinesAsync(hub.EachResultAsync(id, query, cancellation), query.Status is null ? await hub.GapsAsync(id, query, cancellation) : []);
        // The newest so many begin where they begin: what is missing before them is none of theirs.
        var newest = await hub.EachResultAsync(id, query, cancellation).ToListAsync(cancellation);
        var gaps = query.Status is null && newest.Count > 0 ? await hub.GapsAsync(id, new ResultQuery(null, From: newest[0].ScheduledAt), cancellation) : [];
        return await WriteLinesAsync(newest.ToAsyncEnumerable(), gaps);
    }

    // Where there should have been results and are none, a line says so.
    private static async Task<int> WriteLinesAsync(IAsyncEnumerable<Result> results, IReadOnlyList<Gap> gaps)
    {
        await using var output = new LongOutput();
        var (line, count, missing) = (Line(), 0, new Queue<Gap>(gaps));
        await foreach (var result in results)
        {
            while (missing.TryPeek(out var gap) && gap.To < result.ScheduledAt) await output.WriteAsync(line.Render(missing.Dequeue()));
            await output.WriteAsync(line.Render(result));
            count++;
            if (output.ReaderIsGone) return count;
        }

        // The last of them may go on.
        foreach (var gap in missing) await output.WriteAsync(line.Render(gap));
        return count;
    }

    private static async Task<int> FollowAsync(HubClient hub, string id, ResultQuery query, Func<Result, Task> show, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            await new Follow(hub, id, query, ShowToSomebodyAsync, sentence => Console.Error.WriteLineAsync($"vedette: {sentence}"), TimeProvider.System).RunAsync(over.Token);
        }
        catch (OperationCanceledException)
        {
            // It has no end of its own: being told to is how it ends well.
            return ExitCodes.Ok;
        }

        return ExitCodes.Ok;

        async Task ShowToSomebodyAsync(Result result)
        {
            await show(result);
            if (StandardOutput.ReaderIsGone) await over.CancelAsync();
        }
    }
}
