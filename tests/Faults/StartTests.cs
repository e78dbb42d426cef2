using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Processes;

namespace Faults;

public sealed class StartTests(ITestOutputHelper output)
{
    [Fact]
    public async Task It_is_ready_within_a_second_of_its_start()
    {
        using var data = new TemporaryDirectory();
        var port = VedetteProcess.FreePort();
        var times = new List<TimeSpan>();
        for (var start = 0; start < 5; start++)
        {
            await using var vedette = VedetteProcess.Up(data.Path, port);
            times.Add(await vedette.ReadyAsync(port));
        }

        output.WriteLine(string.Join(' ', times.Select(t => t.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture))));
        times.Order().ElementAt(times.Count / 2).ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_port_in_use_is_one_plain_line()
    {
        using var data = new TemporaryDirectory();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await IsRefusedInOneLineAsync(port.ToString(CultureInfo.InvariantCulture), "up", "--data", data.Path, "--listen", $"127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}");
    }

    [Fact]
    public async Task An_address_of_another_host_is_one_plain_line_and_nothing_has_begun()
    {
        using var data = new TemporaryDirectory();
        await IsRefusedInOneLineAsync("192.0.2.1:7400", "up", "--data", data.Path, "--listen", "192.0.2.1:7400");
        var port = VedetteProcess.FreePort();
        await using var vedette = VedetteProcess.Up(data.Path, port);
        await vedette.ReadyAsync(port);
        await using var status = VedetteProcess.Start("check", "show", "vedette", "--data", data.Path, "--hub", $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}");
        (await status.EndAsync()).Output.ShouldContain($"127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}");
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_written_is_one_plain_line() =>
        await IsRefusedInOneLineAsync("/proc/vedette", "up", "--data", "/proc/vedette", "--listen", Listen());

    [Fact]
    public async Task A_second_process_on_the_same_data_is_refused_and_the_first_goes_on()
    {
        using var data = new TemporaryDirectory();
        var port = VedetteProcess.FreePort();
        await using var first = VedetteProcess.Up(data.Path, port);
        await first.ReadyAsync(port);
        await IsRefusedInOneLineAsync(data.Path, "up", "--data", data.Path, "--listen", Listen());
        await first.ReadyAsync(port);
    }

    [Theory]
    [InlineData("chek")]
    [InlineData("check", "run", "icmpp", "127.0.0.1")]
    [InlineData("check", "run", "http", "http://127.0.0.1/", "--set", "expectStatsu=200")]
    [InlineData("check", "run", "tcp", "127.0.0.1")]
    [InlineData("check", "list", "--hub", "http://127.0.0.1:1")]
    [InlineData("status", "--jsn")]
    public async Task A_mistake_is_one_plain_line_and_a_failure(params string[] arguments) => await IsRefusedInOneLineAsync(null, arguments);

    private static string Listen() => $"127.0.0.1:{VedetteProcess.FreePort().ToString(CultureInfo.InvariantCulture)}";

    private static async Task IsRefusedInOneLineAsync(string? mentions, params string[] arguments)
    {
        await using var vedette = VedetteProcess.Start(arguments);
        var (exitCode, _, errors) = await vedette.EndAsync();
        exitCode.ShouldNotBe(0);
        errors.Trim().Split('\n').Length.ShouldBe(1, errors);
        errors.ShouldNotBeNullOrWhiteSpace();
        errors.ShouldNotContain("   at ");
        if (mentions is not null) errors.ShouldContain(mentions);
    }
}
