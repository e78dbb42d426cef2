using System.Net;
using System.Text.Json;
using static Vedette.Hub.Tests.Samples;

namespace Vedette.Hub.Tests.Http;

public sealed class ResultsApiTests : IAsyncLifetime
{
    private RunningHub hub = null!;

    public async ValueTask InitializeAsync() => hub = await RunningHub.WithRunsAsync([.. Enumerable.Range(0, 150).Select(slot => Run(slot % 10 == 0 ? Status.Down : Status.Up, slot))]);

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    [Theory]
    [InlineData("", 50, 149, 100)]
    [InlineData("?limit=3", 147, 149, 3)]
    [InlineData("?limit=10000", 0, 149, 150)]
    [InlineData("?from=2026-01-01T00:01:00Z&limit=1000", 60, 149, 90)]
    [InlineData("?from=2026-01-01T01:01:00%2B01:00&limit=1000", 60, 149, 90)]
    [InlineData("?to=2026-01-01T00:00:09Z", 0, 9, 10)]
    [InlineData("?from=2026-01-01T00:00:05Z&to=2026-01-01T00:00:07Z", 5, 7, 3)]
    [InlineData("?from=2026-01-01T00:00:05Z&to=2026-01-01T00:00:07Z&limit=2", 6, 7, 2)]
    [InlineData("?from=2026-01-01T00:00:00Z", 0, 149, 150)]
    [InlineData("?last=100000d", 0, 149, 150)]
    [InlineData("?agent=local", 50, 149, 100)]
    [InlineData("?status=down", 0, 140, 15)]
    [InlineData("?status=down&limit=2", 130, 140, 2)]
    [InlineData("?last=1000d&limit=1", 149, 149, 1)]
    [InlineData("?last=1000000d&limit=1", 149, 149, 1)]
    public async Task The_newest_that_are_asked_for_come_oldest_first(string query, int first, int last, int count)
    {
        var slots = (await hub.ResultsAsync("a", query)).Select(result => (int)(result.ScheduledAt - At).TotalSeconds).ToList();
        (slots[0], slots[^1], slots.Count).ShouldBe((first, last, count));
        slots.ShouldBeInOrder();
    }

    [Theory]
    [InlineData("?agent=nobody")]
    [InlineData("?status=unknown")]
    [InlineData("?last=1ms")]
    [InlineData("?from=2030-01-01T00:00:00Z")]
    [InlineData("?to=1970-01-01T00:00:00Z")]
    public async Task Where_nothing_is_there_is_nothing(string query) => (await hub.ResultsAsync("a", query)).ShouldBeEmpty();

    [Theory]
    [InlineData("?before=x", "before", "is not what an answer gave")]
    [InlineData("?before=1-2-zz-9f-local", "before", "is not what an answer gave")]
    [InlineData("?limit=0", "limit", "'0' is not a whole number from 1 to 10000")]
    [InlineData("?limit=10001", "limit", "'10001'")]
    [InlineData("?limit=-1", "limit", "'-1'")]
    [InlineData("?limit=", "limit", "''")]
    [InlineData("?last=5", "last", "'5' is not a duration")]
    [InlineData("?from=yesterday", "from", "is not a time")]
    [InlineData("?to=0", "to", "is not a time")]
    [InlineData("?status=dwon", "status", "did you mean 'down'?")]
    [InlineData("?status=3", "status", "is not a status")]
    [InlineData("?limt=5", "limt", "did you mean 'limit'?")]
    [InlineData("?last=1h&from=2026-01-01T00:00:00Z", "last", "give one of them")]
    public async Task A_query_that_will_not_do_is_refused_by_name(string query, string path, string message)
    {
        var (status, problem) = await hub.SendAsync("GET", $"/api/v1/checks/a/results{query}");
        status.ShouldBe(HttpStatusCode.BadRequest);
        var found = problem!["problems"]!.AsArray().ShouldHaveSingleItem()!;
        found["path"]!.GetValue<string>().ShouldBe(path);
        found["message"]!.GetValue<string>().ShouldContain(message);
    }

    [Fact]
    public async Task Page_by_page_all_are_seen_once()
    {
        var seen = new List<ulong>();
        var pages = 0;
        for (var next = "/api/v1/checks/a/results?limit=40&from=2026-01-01T00:00:10Z"; next is not null; pages++)
        {
            using var answer = await hub.Http.GetAsync(next);
            seen.InsertRange(0, JsonSerializer.Deserialize(await answer.Content.ReadAsStreamAsync(), ApiJson.Readable.IReadOnlyListResult)!.Select(result => result.Seq));
            next = answer.Headers.TryGetValues("Link", out var links) ? links.Single()[1..].Split('>')[0] : null;
        }

        pages.ShouldBe(4);
        seen.ShouldBe(Enumerable.Range(11, 140).Select(seq => (ulong)seq));
    }

    [Fact]
    public async Task A_summary_says_what_a_time_was_like()
    {
        var summary = JsonSerializer.Deserialize(await hub.Http.GetStringAsync("/api/v1/checks/a/summary?from=2026-01-01T00:00:00Z&to=2026-01-01T00:01:39Z"), ApiJson.Readable.CheckSummary)!;
        (summary.Up, summary.Down, summary.Availability, summary.Coverage).ShouldBe((90, 10, 0.9, 1));
        summary.LongestOutage!.Seconds.ShouldBe(1);
    }

    [Theory]
    [InlineData("from=1970-01-01T00:00:00Z&to=2026-01-01T00:01:39Z", 100)]
    [InlineData("from=0001-01-01&to=2026-01-01T00:01:39Z", 100)]
    [InlineData("last=100000d", 150)]
    [InlineData("last=1000000d", 150)]
    [InlineData("to=2026-01-01T00:01:39Z", 100)]
    [InlineData("to=2026-01-01T00:01:39Z&agent=local", 100)]
    [InlineData("to=2026-01-01T00:01:39Z&agent=far", 0)]
    [InlineData("to=2026-01-03T00:00:00Z", 0)]
    [InlineData("to=0001-01-01", 0)]
    [InlineData("from=9999-12-31T23:59:59Z", 0)]
    public async Task A_summary_is_of_the_time_that_was_asked_for_whatever_that_is(string query, int results)
    {
        var (status, summary) = await hub.SendAsync("GET", $"/api/v1/checks/a/summary?{query}");
        status.ShouldBe(HttpStatusCode.OK);
        (summary!["up"]!.GetValue<int>() + summary["down"]!.GetValue<int>()).ShouldBe(results);
    }

    [Theory]
    [InlineData("gaps", "limit=1")]
    [InlineData("gaps", "before=1-2-3-9f-local")]
    [InlineData("gaps", "status=down")]
    [InlineData("summary", "limit=1")]
    [InlineData("summary", "status=down")]
    public async Task What_only_results_can_be_asked_by_is_refused_elsewhere(string what, string query)
    {
        var (status, problem) = await hub.SendAsync("GET", $"/api/v1/checks/a/{what}?{query}");
        status.ShouldBe(HttpStatusCode.BadRequest);
        problem!["problems"]!.AsArray().ShouldHaveSingleItem()!["path"]!.GetValue<string>().ShouldBe(query.Split('=')[0]);
    }

    [Fact]
    public async Task A_new_check_of_an_old_id_has_no_history()
    {
        await hub.SendAsync("DELETE", "/api/v1/checks/a");
        (await hub.SendAsync("GET", "/api/v1/checks/a/results")).Status.ShouldBe(HttpStatusCode.NotFound);
        await hub.AddAsync("a");
        (await hub.ResultsAsync("a")).ShouldBeEmpty();
        await hub.ReopenAsync();
        (await hub.ResultsAsync("a")).ShouldBeEmpty();
        (await hub.CheckAsync("a")).Recent.ShouldBeEmpty();
    }

    [Fact]
    public async Task After_opening_again_the_latest_sixty_are_still_shown()
    {
        await hub.ReopenAsync();
        var watched = await hub.CheckAsync("a");
        (watched.Recent.Count, watched.Recent[^1].At, watched.Status.Status).ShouldBe((60, At.AddSeconds(149), Status.Up));
    }
}
