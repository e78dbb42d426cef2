using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Browser;

/// <summary>The page in a browser, with everything it complained of and when each row took which status.</summary>
internal sealed class WatchedPage : IAsyncDisposable
{
    // Runs before the page's own script. A row's status is an attribute of it; the policy's violations are events.
    private const string Witness = """
        window.seen = [];
        window.violations = [];
        addEventListener("securitypolicyviolation", event => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
        new MutationObserver(changes => {
          for (const { target } of changes)
            if (target.dataset?.check) window.seen.push({ check: target.dataset.check, state: target.dataset.state, at: Date.now() });
        }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-state"] });
        """;

    private readonly IBrowserContext context;
    private readonly IPage page;
    private readonly ConcurrentQueue<string> complaints = new();

    private WatchedPage(IBrowserContext context, IPage page)
    {
        (this.context, this.page) = (context, page);
        page.Console += (_, message) => Note(message.Type is "error" or "warning", message.Text);
        page.PageError += (_, error) => Note(true, error);
        page.Dialog += (_, dialog) => Note(true, $"dialog: {dialog.Message}");
    }

    public string Url => page.Url;

    public ILocator Live => page.Locator("#live");

    public ILocator Ask => page.Locator("#ask");

    public ILocator TokenForm => page.Locator("#token-form");

    public ILocator Wrong => page.Locator("#wrong");

    public ILocator Empty => page.Locator("#empty");

    public ILocator Rows => page.Locator("tbody tr:visible");

    public static async Task<WatchedPage> InAsync(IBrowserContext context)
    {
        await context.AddInitScriptAsync(Witness);
        return new(context, await context.NewPageAsync());
    }

    public async Task GoAsync(Uri address) => await page.GotoAsync(address.AbsoluteUri);

    public ILocator Row(string check) => page.Locator($"tr[data-check='{check}']");

    public ILocator Cell(string check, string column) => Row(check).Locator($".{column}");

    public Task<T> AskAsync<T>(string script) => page.EvaluateAsync<T>(script);

    /// <summary>Waits until a row has a status, in its attribute and as a word that can be read.</summary>
    public async Task ShowsAsync(string check, string state)
    {
        await Expect(Row(check)).ToHaveAttributeAsync("data-state", state);
        await Expect(Cell(check, "word")).ToHaveTextAsync(state);
    }

    public Task IsTitledAsync(Regex title) => Expect(page).ToHaveTitleAsync(title);

    public Task IsLiveAsync() => Expect(Live).ToHaveTextAsync("live");

    /// <summary>When a row last took a status, by the clock of this machine.</summary>
    public async Task<DateTimeOffset> ShownAtAsync(string check, string state) => DateTimeOffset.FromUnixTimeMilliseconds(
        (long)await page.EvaluateAsync<double>($"window.seen.findLast(each => each.check === '{check}' && each.state === '{state}').at"));

    public Task FilterAsync(string text) => page.Locator("#filter").FillAsync(text);

    public async Task GiveTokenAsync(string token)
    {
        await page.Locator("#token").FillAsync(token);
        await TokenForm.Locator("button").ClickAsync();
    }

    /// <summary>Everything the browser found wrong with the page.</summary>
    public async Task<IReadOnlyList<string>> ComplaintsAsync() => [.. complaints, .. await page.EvaluateAsync<string[]>("window.violations")];

    public ValueTask DisposeAsync() => context.DisposeAsync();

    private void Note(bool isComplaint, string text)
    {
        if (isComplaint) complaints.Enqueue(text);
    }
}
