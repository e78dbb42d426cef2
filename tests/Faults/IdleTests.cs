using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Processes;
using Vedette;

namespace Faults;

public sealed class IdleTests(ITestOutputHelper output)
{
    private const int RunsToSettle = 2;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Watching_what_a_first_start_finds_costs_less_than_a_hundredth_of_a_core()
    {
        using var data = new TemporaryDirectory();
        var port = VedetteProcess.FreePort();
        await using var vedette = VedetteProcess.Up(data.Path, port);
        await vedette.ReadyAsync(port);
        await SettleAsync(port, data.Path);
        var before = vedette.CpuTime;
        await PassAsync(Window);
        var share = (vedette.CpuTime - before) / Window;
        output.WriteLine(share.ToString("P2", CultureInfo.InvariantCulture));
        share.ShouldBeLessThan(0.01);
    }

    // Start-up and the compilation of what runs for the first time are not idling.
    private static async Task SettleAsync(int port, string data)
    {
        using var api = VedetteProcess.Client(port, data, authorized: true);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (!(await api.GetFromJsonAsync("api/v1/checks", ApiJson.Readable.IReadOnlyListWatchedCheck, patience.Token))!.All(check => check.Recent.Count >= RunsToSettle))
            await timer.WaitForNextTickAsync(patience.Token);
    }

    // The passing of time is what is measured here, so it is the one thing to wait for.
    private static async Task PassAsync(TimeSpan span)
    {
        var passed = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(span);
        await timer.WaitForNextTickAsync();
        passed.Elapsed.ShouldBeGreaterThanOrEqualTo(span - TimeSpan.FromMilliseconds(20));
    }
}
