using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Vedette;
using static Microsoft.Playwright.Assertions;

namespace Browser;

public sealed partial class PageTests(Chromium chromium, ITestOutputHelper output) : IAsyncLifetime
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private readonly Target target = new();
    private Hub hub = null!;

    public async ValueTask InitializeAsync() => hub = await Hub.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await hub.DisposeAsync();
        await target.DisposeAsync();
    }

    [Fact]
    public async Task An_empty_hub_says_what_to_type_and_the_first_check_appears_by_itself()
    {
        await using var page = await chromium.OpenAsync(hub.Printed);
        await page.IsLiveAsync();
        await Expect(page.Empty).ToContainTextAsync("./vedette check add icmp 192.0.2.1");

        await hub.AddAsync(target.Check("web", ""","name":"Website","labels":{"team":"web"}"""));
        await page.ShowsAsync("web", "up");
        await Expect(page.Empty).ToBeHiddenAsync();
        await Expect(page.Cell("web", "name")).ToHaveTextAsync("Website");
        await Expect(page.Cell("web", "id")).ToHaveTextAsync("web");
        await Expect(page.Cell("web", "what")).ToHaveTextAsync($"http {target.Url}");
        await Expect(page.Cell("web", "since")).ToHaveTextAsync(Seconds);
        await Expect(page.Cell("web", "latency")).ToHaveTextAsync(Milliseconds);
        await Expect(page.Cell("web", "strip")).ToHaveAttributeAsync("aria-label", SeveralRuns);
        (await page.ComplaintsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_page_comes_with_a_policy_that_runs_its_own_script_only()
    {
        using var answer = await hub.GetPageAsync();
        answer.Headers.GetValues("Content-Security-Policy").ShouldBe([Policy]);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
    }

    [Fact]
    public async Task A_target_that_turns_sick_shows_down_with_its_reason_within_250_ms_of_the_commit()
    {
        await hub.AddAsync(target.Check("web"));
        await using var page = await chromium.OpenAsync(hub.Printed);
        await page.ShowsAsync("web", "up");
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var stream = await hub.OpenStreamAsync(stop.Token);
        await using var changes = ChangesAsync(stream, "web", stop.Token).GetAsyncEnumerator(stop.Token);

        for (var round = 0; round < 3; round++)
        {
            target.Answer(Target.Sick);
            await IsShownSoonAsync(page, changes, Status.Down);
            await Expect(page.Cell("web", "why")).ToContainTextAsync("status_mismatch");
            await Expect(page.Cell("web", "why")).ToContainTextAsync("503");
            (await page.AskAsync<string>("document.title")).ShouldContain("1 down");
            target.Answer(Target.Well);
            await IsShownSoonAsync(page, changes, Status.Up);
            await Expect(page.Cell("web", "why")).ToHaveTextAsync("");
        }

        (await page.ComplaintsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Pause_resume_stop_start_edit_and_remove_follow()
    {
        await hub.AddAsync(target.Check("web"));
        await hub.AddAsync(target.Check("web2"));
        await using var page = await chromium.OpenAsync(hub.Printed);
        await page.ShowsAsync("web", "up");
        await Expect(page.Cell("web", "next")).Not.ToHaveTextAsync("–");

        await hub.TellAsync("web", "pause");
        await page.ShowsAsync("web", "paused");
        await Expect(page.Cell("web", "next")).ToHaveTextAsync("–");
        await Expect(page.Rows.Last).ToHaveAttributeAsync("data-check", "web");
        await hub.TellAsync("web", "resume");
        await page.ShowsAsync("web", "up");
        await Expect(page.Rows.First).ToHaveAttributeAsync("data-check", "web");
        await hub.TellAsync("web", "stop");
        await page.ShowsAsync("web", "stopped");
        await hub.TellAsync("web", "start");
        await page.ShowsAsync("web", "up");

        await hub.EditAsync("web", """{"name":"Renamed"}""");
        await Expect(page.Cell("web", "name")).ToHaveTextAsync("Renamed");
        await hub.RemoveAsync("web");
        await Expect(page.Row("web")).ToHaveCountAsync(0);
        await Expect(page.Rows).ToHaveCountAsync(1);
        (await page.ComplaintsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_filter_finds_by_id_name_kind_target_label_and_status()
    {
        await hub.AddAsync(target.Check("alpha", ""","name":"First one","labels":{"team":"ops"}"""));
        await hub.AddAsync("""{"id":"beta","kind":"tcp","target":"127.0.0.1:1","every":"1s","failAfter":1}""");
        await using var page = await chromium.OpenAsync(hub.Printed);
        await page.ShowsAsync("alpha", "up");
        await page.ShowsAsync("beta", "down");
        foreach (var (words, found) in new[] { ("ALPH", "alpha"), ("first", "alpha"), ("team=ops", "alpha"), ("tcp", "beta"), ("127.0.0.1:1", "beta"), ("is:down", "beta"), ("http first", "alpha") })
        {
            await page.FilterAsync(words);
            await Expect(page.Rows).ToHaveCountAsync(1);
            await Expect(page.Rows.First).ToHaveAttributeAsync("data-check", found);
        }
    }

    [Fact]
    public async Task Hostile_text_stays_text()
    {
        const string Name = "<img src=x onerror=alert(1)><script>document.title='owned'</script>";
        const string Coding = "<b onclick=alert(2)>here</b>";
        target.Answer($"HTTP/1.1 200 OK\r\nTransfer-Encoding: {Coding}\r\nConnection: close\r\n\r\n");
        await hub.AddAsync(target.Check("evil", $$""","name":"{{Name}} \u001b[31m\u202e","labels":{}"""));
        await using var page = await chromium.OpenAsync(hub.Printed);
        await page.ShowsAsync("evil", "down");

        await Expect(page.Cell("evil", "name")).ToHaveTextAsync($@"{Name} \x1b[31m\u202e");
        await Expect(page.Cell("evil", "message")).ToContainTextAsync(Coding);
        (await page.AskAsync<int>("document.querySelectorAll('main img, main script, main b').length")).ShouldBe(0);
        (await page.AskAsync<string>("document.title")).ShouldBe("1 down · Vedette");
        (await page.ComplaintsAsync()).ShouldBeEmpty();
    }

    // The change is committed before any reader sees it; the browser has to show it within 250 ms of the first moment this reader knows of it.
    private async Task IsShownSoonAsync(WatchedPage page, IAsyncEnumerator<(DateTimeOffset Heard, CheckStatus Status)> changes, Status status)
    {
        do (await changes.MoveNextAsync()).ShouldBeTrue();
        while (changes.Current.Status.Status != status);
        var heard = changes.Current.Heard;
        var name = status.ToString().ToLower(CultureInfo.InvariantCulture);
        await page.ShowsAsync("web", name);
        var late = await page.ShownAtAsync("web", name) - heard;
        var run = changes.Current.Status.LastResult!;
        var sinceRun = heard + late - run.StartedAt.AddSeconds(run.DurationSeconds);
        output.WriteLine($"{name}: shown {late.TotalMilliseconds:0} ms after the stream told it, {sinceRun.TotalMilliseconds:0} ms after the run ended");
        late.ShouldBeLessThan(TimeSpan.FromMilliseconds(250));
    }

    private static async IAsyncEnumerable<(DateTimeOffset Heard, CheckStatus Status)> ChangesAsync(Stream stream, string check, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellation))
        {
            var heard = TimeProvider.System.GetUtcNow();
            if (item.EventType == LiveEvents.Check && JsonSerializer.Deserialize(item.Data, ApiJson.Readable.WatchedCheck) is { } changed && changed.Check.Id == check)
                yield return (heard, changed.Status);
        }
    }

    // The browser evaluates these, as patterns of JavaScript.
    [GeneratedRegex("^[0-9]+ s$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Seconds { get; }

    [GeneratedRegex("^[0-9.]+ [µm]s$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Milliseconds { get; }

    [GeneratedRegex("^the last [2-9] runs: [2-9] up$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SeveralRuns { get; }
}
