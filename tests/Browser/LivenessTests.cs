using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace Browser;

public sealed partial class LivenessTests(Chromium chromium) : HubTests
{
    [Fact]
    public async Task A_killed_hub_is_said_at_once_and_the_same_page_is_live_again_after_its_restart()
    {
        await using var cable = new Cable(Hub.Address.Port);
        await using var page = await chromium.OpenAsync(cable.Reach(Hub.Printed));
        await page.ShowsAsync("web", "up");
        await page.IsLiveAsync();
        await page.AskAsync<bool>("window.isTheSamePage = true");

        await Hub.KillAsync();
        await Expect(page.Live).ToHaveTextAsync(NotLive, new() { Timeout = 1000 });
        await page.IsTitledAsync(TitledNotLive);
        await Expect(page.Row("web")).ToBeVisibleAsync();

        // What the new process did before the page found it is in no stream that the page can resume.
        cable.Cut();
        await Hub.RestartAsync();
        await Hub.AddAsync(Target.Check("between"));
        await Hub.TellAsync("between", "pause");
        cable.Mend();
        await page.IsLiveAsync();
        await page.ShowsAsync("between", "paused");
        (await page.AskAsync<bool>("window.isTheSamePage")).ShouldBeTrue();
        Target.Answer(Target.Sick);
        await page.ShowsAsync("web", "down");
        await Hub.AddAsync(Target.Check("later"));
        await page.ShowsAsync("later", "down");
    }

    [Fact]
    public async Task What_changed_while_the_page_was_cut_off_is_there_when_it_is_live_again()
    {
        await Hub.AddAsync(Target.Check("going"));
        await using var cable = new Cable(Hub.Address.Port);
        await using var page = await chromium.OpenAsync(cable.Reach(Hub.Printed));
        await page.ShowsAsync("going", "up");
        cable.Cut();
        await Expect(page.Live).ToHaveTextAsync(NotLive);
        await Hub.RemoveAsync("going");
        await Hub.AddAsync(Target.Check("coming"));
        await Hub.TellAsync("web", "pause");
        cable.Mend();
        await page.IsLiveAsync();
        await page.ShowsAsync("coming", "up");
        await page.ShowsAsync("web", "paused");
        await Expect(page.Row("going")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_page_that_has_heard_nothing_yet_misses_nothing_while_it_is_cut_off()
    {
        await Hub.TellAsync("web", "pause");
        await using var cable = new Cable(Hub.Address.Port);
        await using var page = await chromium.OpenAsync(cable.Reach(Hub.Printed));
        await page.ShowsAsync("web", "paused");
        await page.IsLiveAsync();
        cable.Cut();
        await Expect(page.Live).ToHaveTextAsync(NotLive);
        await Hub.EditAsync("web", """{"name":"Renamed"}""");
        cable.Mend();
        await page.IsLiveAsync();
        await Expect(page.Cell("web", "name")).ToHaveTextAsync("Renamed");
    }

    [Fact]
    public async Task A_hub_that_falls_silent_is_not_live_after_20_seconds_and_live_when_it_speaks_again()
    {
        await using var page = await chromium.OpenAsync(Hub.Printed);
        await page.ShowsAsync("web", "up");
        await Hub.FreezeAsync();
        await Expect(page.Live).ToHaveTextAsync(NotLive, new() { Timeout = 23_000 });
        await Hub.ThawAsync();
        await page.IsLiveAsync();
        Target.Answer(Target.Sick);
        await page.ShowsAsync("web", "down");
    }

    // The browser evaluates these, as patterns of JavaScript.
    [GeneratedRegex("^not live", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TitledNotLive { get; }

    [GeneratedRegex(@"^not live since [0-9]{2}:[0-9]{2}:[0-9]{2}, trying again$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NotLive { get; }
}
