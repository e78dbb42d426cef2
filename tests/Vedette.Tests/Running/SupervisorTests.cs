using Microsoft.Extensions.Logging.Abstractions;

namespace Vedette.Tests.Running;

public sealed class SupervisorTests
{
    [Fact]
    public async Task A_loop_that_faults_starts_again()
    {
        var time = new ManualTime();
        var runs = 0;
        var supervised = new Supervisor(time, NullLogger<Supervisor>.Instance, _ => { }).RunAsync("test", _ => Loop(), CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(1));
        await supervised;
        runs.ShouldBe(2);

        Task Loop() => ++runs == 1 ? throw new InvalidOperationException("first") : Task.CompletedTask;
    }

    [Fact]
    public async Task Five_faults_in_a_minute_are_too_many()
    {
        var time = new ManualTime();
        string? givenUp = null;
        var supervised = new Supervisor(time, NullLogger<Supervisor>.Instance, loop => givenUp = loop).RunAsync("test", _ => throw new InvalidOperationException("again"), CancellationToken.None);
        for (var second = 0; second < 10; second++) time.Advance(TimeSpan.FromSeconds(1));
        await supervised;
        givenUp.ShouldBe("test");
    }

    [Fact]
    public async Task A_stop_ends_a_loop_without_a_fault()
    {
        using var stop = new CancellationTokenSource();
        var supervised = new Supervisor(TimeProvider.System, NullLogger<Supervisor>.Instance, _ => throw new InvalidOperationException("not a fault"))
            .RunAsync("test", token => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token), stop.Token);
        await stop.CancelAsync();
        await supervised;
    }
}
