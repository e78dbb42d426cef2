using System.Diagnostics;
using System.Text.Json;
using Vedette.Cli.Tests.Top;

namespace Vedette.Cli.Tests.Verbs;

[Collection(nameof(Console))]
public sealed class ResultsVerbTests : IAsyncLifetime
{
    private WatchingHub hub = null!;

    public async ValueTask InitializeAsync()
    {
        hub = await WatchingHub.StartAsync();
        await hub.AskAsync("check", "add", "http", $"{hub.Url}/healthz", "--id", "web", "--every", "1s");
    }

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    [Fact]
    public async Task Results_are_a_line_each_or_an_array()
    {
        await SeeAsync(2);
        var (exitCode, output, _) = await hub.AskAsync("results", "web", "--limit", "2");
        exitCode.ShouldBe(0);
        var lines = output.TrimEnd('\n').Split('\n');
        lines.Length.ShouldBe(2);
        foreach (var line in lines) line.ShouldMatch(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  ● up +[\d.]+ .s  local  .*processing [\d.]+ .s");
        var results = JsonSerializer.Deserialize((await hub.AskAsync("results", "web", "--json", "--last", "1h")).Output, ApiJson.Readable.IReadOnlyListResult)!;
        results.Select(result => result.Seq).ShouldBe(results.Select(result => result.Seq).Order());
        results.Count.ShouldBeGreaterThanOrEqualTo(2);
    }

    [Theory]
    [InlineData("gap 2 gap 9 gap", "?last=1h", "--last", "1h")]
    [InlineData("2 gap 9 gap", "?from=2026-01-02T12:00:02.0000000Z", "--last", "1h", "--limit", "2")]
    [InlineData("2 gap 9 gap", "?from=2026-01-02T12:00:02.0000000Z")]
    [InlineData("2 9", null, "--status", "up")]
    public async Task Missing_results_are_told_between_and_after_those_that_are_shown(string shown, string? asked, params string[] options)
    {
        await using var scripted = new ScriptedHub(path => ScriptedHub.Json(
            path.Contains("/gaps?from", StringComparison.Ordinal) ? JsonSerializer.Serialize([Gap(5, 6), Gap(10, 11)], ApiJson.Readable.IReadOnlyListGap)
            : path.Contains("/gaps", StringComparison.Ordinal) ? JsonSerializer.Serialize([Gap(0, 1), Gap(5, 6), Gap(10, 11)], ApiJson.Readable.IReadOnlyListGap)
            : JsonSerializer.Serialize([Watched.Run("web", 2), Watched.Run("web", 9)], ApiJson.Readable.IReadOnlyListResult)));
        var (exitCode, output, _) = await Invocation.RunAsync(["results", "web", .. options, "--hub", scripted.Url, "--token", "any"]);
        exitCode.ShouldBe(0);
        var lines = output.TrimEnd('\n').Split('\n');
        string.Join(' ', lines.Select(line => line.Contains("no result in 2 slots", StringComparison.Ordinal) ? "gap" : $"{line[18]}")).ShouldBe(shown);
        scripted.Asked.Where(path => path.Contains("/gaps", StringComparison.Ordinal)).ShouldBe(asked is null ? [] : [$"/api/v1/checks/web/gaps{asked}"]);

        static Gap Gap(int from, int to) => new("web", "local", Watched.Noon.AddSeconds(from), Watched.Noon.AddSeconds(to), 2, "agent_down");
    }

    [Fact]
    public async Task Only_the_results_of_a_status_are_shown_when_one_is_asked_for()
    {
        await SeeAsync(1);
        (await hub.AskAsync("results", "web", "--status", "down", "--json")).ShouldBe((0, "[]\n", ""));
        (await hub.AskAsync("results", "web", "--status", "down")).Errors.ShouldBe("vedette: 'web' has no such results\n");
        (await hub.AskAsync("results", "web", "--status", "up")).Output.ShouldContain("● up");
    }

    [Fact]
    public async Task Following_over_a_restart_of_the_hub_shows_every_result_once()
    {
        using var follow = hub.Begin("results", "web", "--follow", "--json", "--limit", "100");
        await follow.UntilAsync(shown => Lines(shown).Length >= 2);
        await hub.CloseAsync();
        await follow.UntilAsync(shown => shown.Errors.Contains("was lost", StringComparison.Ordinal));
        await hub.OpenAsync();
        await follow.UntilAsync(shown => shown.Errors.Contains("is back", StringComparison.Ordinal));
        var before = Lines(follow).Length;
        await follow.UntilAsync(shown => Lines(shown).Length >= before + 2);
        (await follow.InterruptAsync()).ShouldBe(0);

        var shown = Lines(follow).Select(Read).Select(result => (result.Epoch, result.Seq)).ToList();
        shown.ShouldBeUnique();
        shown.Select(result => result.Epoch).Distinct().Count().ShouldBe(2);
        follow.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
        follow.Dispose();
        var stored = JsonSerializer.Deserialize((await hub.AskAsync("results", "web", "--json", "--limit", "1000")).Output, ApiJson.Readable.IReadOnlyListResult)!;
        stored.Select(result => (result.Epoch, result.Seq)).Take(shown.Count).ShouldBe(shown);
    }

    [Fact]
    public async Task Following_a_status_begins_with_those_there_were_and_goes_on_with_those_alone()
    {
        await SeeAsync(2);
        using var follow = hub.Begin("results", "web", "--follow", "--json", "--status", "down");
        using var asking = new HttpClient { BaseAddress = new Uri(hub.Url), DefaultRequestHeaders = { Authorization = new("Bearer", hub.Token) } };
        using var change = new StringContent("{\"set\":{\"expectStatus\":\"404\"}}");
        (await asking.PatchAsync("/api/v1/checks/web", change)).EnsureSuccessStatusCode();
        await follow.UntilAsync(shown => Lines(shown).Length >= 1);
        (await follow.InterruptAsync()).ShouldBe(0);
        Lines(follow).Select(Read).ShouldAllBe(result => result.Status == Status.Down);
    }

    [Fact]
    public async Task Following_says_that_the_check_is_paused_and_ends_when_it_is_removed()
    {
        using var follow = hub.Begin("results", "web", "--follow");
        await follow.UntilAsync(shown => Lines(shown).Length >= 1);
        using var asking = new HttpClient { BaseAddress = new Uri(hub.Url), DefaultRequestHeaders = { Authorization = new("Bearer", hub.Token) } };
        (await asking.PostAsync("/api/v1/checks/web/pause", null)).EnsureSuccessStatusCode();
        await follow.UntilAsync(shown => shown.Errors.Contains("'web' is paused; nothing new comes until: vedette check resume web", StringComparison.Ordinal));
        (await asking.DeleteAsync("/api/v1/checks/web")).EnsureSuccessStatusCode();
        (await follow.EndAsync()).ShouldBe(0);
        follow.Errors.ShouldEndWith("vedette: the check 'web' was removed\n");
    }

    [Fact]
    public async Task Following_ends_when_nobody_reads_it_any_more()
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"{AppContext.BaseDirectory}/Vedette.Cli results web --follow --json --hub {hub.Url} --data {hub.Directory} | head -n 1");
        using var shell = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        Read(await shell.StandardOutput.ReadToEndAsync(patience.Token)).Check.ShouldBe("web");
        await shell.WaitForExitAsync(patience.Token);
    }

    [Fact]
    public async Task Following_asks_for_all_that_it_missed_and_never_for_a_part_of_it()
    {
        var asked = 0;
        await using var scripted = new ScriptedHub(path => path switch
        {
            _ when path.StartsWith("/api/v1/stream", StringComparison.Ordinal) => "Content-Type: text/event-stream\r\n\r\n: live\n\n",
            _ when path.Contains("/results", StringComparison.Ordinal) => ScriptedHub.Json(JsonSerializer.Serialize([.. Enumerable.Range(2, ++asked).Select(seq => Watched.Run("web", (ulong)seq))], ApiJson.Readable.IReadOnlyListResult)),
            _ => ScriptedHub.Json(JsonSerializer.Serialize(Watched.Check("web"), ApiJson.Readable.WatchedCheck)),
        });
        using var follow = new Invocation("results", "web", "--follow", "--json", "--limit", "1", "--hub", scripted.Url, "--token", "any");
        await follow.UntilAsync(shown => Lines(shown).Length >= 3);
        (await follow.InterruptAsync()).ShouldBe(0);
        Lines(follow).Select(line => Read(line).Seq).Take(3).ShouldBe([2ul, 3ul, 4ul]);
        scripted.Asked.Where(path => path.Contains("/results", StringComparison.Ordinal)).Take(3).ShouldBe(
            ["/api/v1/checks/web/results?limit=1", "/api/v1/checks/web/results?from=2026-01-02T12:00:02.0000000Z", "/api/v1/checks/web/results?from=2026-01-02T12:00:03.0000000Z"]);
    }

    private static string[] Lines(Invocation shown) => shown.Output[..(shown.Output.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static Result Read(string line) => JsonSerializer.Deserialize(line, ApiJson.Readable.Result)!;

    private async Task SeeAsync(int results)
    {
        using var follow = hub.Begin("results", "web", "--follow");
        await follow.UntilAsync(shown => Lines(shown).Length >= results);
        (await follow.InterruptAsync()).ShouldBe(0);
    }
}
