using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Vedette.Cli.Echo;

namespace Vedette.Cli.Tests;

[Collection(nameof(Console))]
public sealed class CheckRunTests : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly EchoServer echo = new(new IPEndPoint(IPAddress.Loopback, 0), new Sickness(TimeSpan.Zero, 0, Hangs: false));
    private readonly Task running;

    public CheckRunTests() => running = echo.RunAsync(stop.Token);

    private string Target => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{echo.Address.Port}");

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        echo.Dispose();
        stop.Dispose();
    }

    [Fact]
    public async Task It_exits_with_0_up_1_degraded_and_2_down()
    {
        (await CommandLineTests.InvokeAsync("check", "run", "tcp", Target, "--set", "send=hi", "--set", "expect=hi")).ExitCode.ShouldBe(0);
        (await CommandLineTests.InvokeAsync("check", "run", "tcp", Target, "--assert", "warn: connect < 1us")).ExitCode.ShouldBe(1);
        (await CommandLineTests.InvokeAsync("check", "run", "tcp", Target, "--assert", "connect < 1us")).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task It_exits_with_3_when_it_could_not_measure() =>
        (await CommandLineTests.InvokeAsync("check", "run", "tcp", "169.254.169.254:80")).ExitCode.ShouldBe(3);

    [Fact]
    public async Task Cut_short_by_ctrl_c_it_is_unknown_and_exits_with_3()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var run = new Invocation("check", "run", "tcp", $"{silent.LocalEndpoint}", "--set", "expect=never", "--timeout", "20s");
        using var connection = await silent.AcceptSocketAsync();
        (await run.InterruptAsync()).ShouldBe(ExitCodes.Unknown);
        run.Output.ShouldContain("cancelled: the run was given up");
    }

    [Fact]
    public async Task Json_is_one_object_on_one_line_that_reads_back()
    {
        var (_, output, errors) = await CommandLineTests.InvokeAsync("check", "run", "tcp", Target, "--json");
        errors.ShouldBeEmpty();
        output.Count(c => c == '\n').ShouldBe(1);
        var result = JsonSerializer.Deserialize(output, ApiJson.Readable.Result)!;
        result.Status.ShouldBe(Status.Up);
        result.Phases.TryGet("connect", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task For_people_it_shows_verdict_reason_and_phases()
    {
        var (_, output, _) = await CommandLineTests.InvokeAsync("check", "run", "tcp", Target, "--set", "send=hi", "--set", "expect=ho", "--timeout", "200ms");
        output.ShouldContain("✖ down");
        output.ShouldContain("timeout: no answer within 200ms while waiting for the expected answer");
        output.ShouldContain("expect");
        output.ShouldContain("█");
    }
}
