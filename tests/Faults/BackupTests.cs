using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Processes;
using Vedette;

namespace Faults;

public sealed class BackupTests
{
    [Fact]
    public async Task What_was_backed_up_while_it_ran_is_back_after_a_kill_and_a_restore()
    {
        using var data = new TemporaryDirectory();
        await using var target = new CountingTarget();
        var port = VedetteProcess.FreePort();
        var (file, hub) = (Path.Combine(data.Path, "monday.db"), string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        var directory = Path.Combine(data.Path, "data");
        IReadOnlyList<Result> before;
        await using (var vedette = VedetteProcess.Up(directory, port))
        {
            await vedette.ReadyAsync(port);
            (await RunAsync("check", "add", "http", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{target.Port}/a"), "--id", "a", "--every", "1s")).ExitCode.ShouldBe(0);
            var waited = Stopwatch.StartNew();
            while ((before = await ResultsAsync()).Count < 3) waited.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
            (await RunAsync("verify")).Output.ShouldStartWith("everything can be read");
            (await RunAsync("backup", file)).Output.ShouldStartWith($"wrote {file}");
            (await RunAsync("backup", file)).ExitCode.ShouldBe(64);
            (await RunAsync("restore", file)).Errors.ShouldContain("in use by another vedette");
            (await RunAsync("check", "remove", "a")).ExitCode.ShouldBe(0);
            await vedette.KillAsync();
        }

        (await RunAsync("verify", file)).ExitCode.ShouldBe(0);
        (await RunAsync("restore", file)).Output.ShouldStartWith($"restored {file} into {directory}");
        await using var again = VedetteProcess.Up(directory, port);
        await again.ReadyAsync(port);
        var after = await ResultsAsync();
        before.ShouldBeSubsetOf(after);
        after.Select(result => (result.Epoch, result.Seq)).ShouldBeUnique();

        Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) => VedetteProcess.Start([.. arguments, "--data", directory, "--hub", hub]).EndAsync();

        async Task<IReadOnlyList<Result>> ResultsAsync()
        {
            using var api = VedetteProcess.Client(port, directory, authorized: true);
            return (await api.GetFromJsonAsync("api/v1/checks/a/results?last=1h", ApiJson.Readable.IReadOnlyListResult))!;
        }
    }
}
