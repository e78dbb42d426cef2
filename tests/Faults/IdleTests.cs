using System.Diagnostics;
using System.Globalization;
using Processes;

namespace Faults;

public sealed class IdleTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Watching_what_a_first_start_finds_costs_less_than_a_hundredth_of_a_core()
    {
        using var data = new TemporaryDirectory();
        var port = VedetteProcess.FreePort();
        await using var vedette = VedetteProcess.Up(data.Path, port);
        await vedette.ReadyAsync(port);
        await PassAsync(TimeSpan.FromSeconds(5)); // start-up and just-in-time compilation are not idling
        var before = vedette.CpuTime;
        await PassAsync(Window);
        var share = (vedette.CpuTime - before) / Window;
        output.WriteLine(share.ToString("P2", CultureInfo.InvariantCulture));
        share.ShouldBeLessThan(0.01);
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
