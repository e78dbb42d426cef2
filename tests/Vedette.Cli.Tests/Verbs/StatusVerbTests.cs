using System.Text.Json;

namespace Vedette.Cli.Tests.Verbs;

[Collection(nameof(Console))]
public sealed class StatusVerbTests : IAsyncLifetime
{
    private WatchingHub hub = null!;

    public async ValueTask InitializeAsync()
    {
        hub = await WatchingHub.WithThreeAsync();
        await UntilAsync(async () => (await hub.AskAsync("status")).Output.StartsWith("1 up, 1 down, 1 paused\n", StringComparison.Ordinal));
    }

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    [Fact]
    public async Task What_is_in_trouble_comes_first_with_the_reason_below_it()
    {
        var (exitCode, output, errors) = await hub.AskAsync("status");
        (exitCode, errors).ShouldBe((0, ""));
        var lines = output.Split('\n');
        lines[2].ShouldMatch("^  STATUS +CHECK +FOR +LATENCY +LAST +NEXT +WATCHES$");
        lines[3].ShouldMatch(@"^  ✖ down +bad +\ds +[\d.]+ .s +(now|\ds ago) +(now|in \ds)  http http://");
        lines[4].ShouldMatch("^ +status_mismatch: .*401");
        lines[5].ShouldMatch("^  ● up +good ");
        lines[6].ShouldMatch("^  ‖ paused +idle .*tcp 127.0.0.1:9$");
    }

    [Fact]
    public async Task One_check_shows_its_phases_its_agents_and_its_latest_runs()
    {
        var (exitCode, output, _) = await hub.AskAsync("status", "good");
        exitCode.ShouldBe(0);
        output.ShouldStartWith("● up  good  二つ\n");
        output.ShouldMatch(@"every +1s, within 1s, next (now|in \ds)\n");
        output.ShouldMatch(@"since +\ds, from \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\n");
        output.ShouldMatch("  [▁▂▃▄▅▆▇█]+\n  the latest [0-9]+ runs?: [0-9]+ up\n");
        output.ShouldMatch("  local  ● up ");
        output.ShouldMatch("  processing +[0-9.]+ .s  ");
    }

    [Fact]
    public async Task Json_is_an_array_of_all_and_an_object_of_one()
    {
        var all = JsonSerializer.Deserialize((await hub.AskAsync("status", "--json")).Output, ApiJson.Readable.IReadOnlyListWatchedCheck)!;
        all.Select(watched => (watched.Check.Id, watched.Status.Status)).ShouldBe([("bad", Status.Down), ("good", Status.Up), ("idle", Status.Unknown)]);
        JsonSerializer.Deserialize((await hub.AskAsync("status", "bad", "--json")).Output, ApiJson.Readable.WatchedCheck)!.Status.Reason.ShouldBe(Reasons.StatusMismatch);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await holds()) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
    }
}
