using static Microsoft.Playwright.Assertions;

namespace Browser;

public sealed class TokenTests(Chromium chromium) : HubTests
{
    [Fact]
    public async Task The_token_leaves_the_address_and_is_kept_for_the_next_visit()
    {
        await using var page = await chromium.OpenAsync(Hub.Printed);
        await page.ShowsAsync("web", "up");
        page.Url.ShouldBe(Hub.Address.AbsoluteUri);
        await page.GoAsync(Hub.Address);
        await page.ShowsAsync("web", "up");
        await Expect(page.TokenForm).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Without_a_token_the_page_asks_for_one_and_says_where_it_is()
    {
        await using var page = await chromium.OpenAsync(Hub.Address);
        await Expect(page.TokenForm).ToBeVisibleAsync();
        await Expect(page.Ask).ToContainTextAsync("./vedette up");
        await Expect(page.Ask).ToContainTextAsync("admin.token");
        (await page.ComplaintsAsync()).ShouldBeEmpty();
        await page.GiveTokenAsync(Hub.Token);
        await page.ShowsAsync("web", "up");
        await Expect(page.TokenForm).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_wrong_token_is_refused_plainly_and_the_right_one_opens()
    {
        await using var page = await chromium.OpenAsync(new Uri(Hub.Address, "#token=vedette_wrong"));
        await Expect(page.Wrong).ToContainTextAsync("does not take that token");
        await Expect(page.Rows).ToHaveCountAsync(0);
        await page.GiveTokenAsync(Hub.Printed.AbsoluteUri);
        await page.ShowsAsync("web", "up");
    }
}
