using Browser;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace Browser;

/// <summary>The system's browser, one for all tests; each page has a profile of its own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        // On a busy machine the browser is what waits; what has to be quick says so itself.
        Assertions.SetDefaultExpectTimeout(15_000);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox"] });
    }

    internal async Task<WatchedPage> OpenAsync(Uri address)
    {
        var context = await browser!.NewContextAsync();
        var page = await WatchedPage.InAsync(context);
        await page.GoAsync(address);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
    }
}
