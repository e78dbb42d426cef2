using Microsoft.Extensions.Logging.Abstractions;
using Vedette.Tests.Kinds;

namespace Vedette.Tests.Running;

public sealed class RunnerTests : IDisposable
{
    private readonly ManualTime time = new();
    private readonly LatenessWatch lateness;
    private readonly Runner runner;

    public RunnerTests()
    {
        lateness = new LatenessWatch(time);
        runner = new Runner("local", time, lateness, NullLogger<Runner>.Instance);
    }

    public void Dispose() => lateness.Dispose();

    [Fact]
    public async Task A_good_run_gives_its_phases_and_how_long_it_took()
    {
        var result = await Run(run =>
        {
            time.Advance(TimeSpan.FromMilliseconds(12));
            var seen = new Observation();
            seen.AddPhase("reply", 0.012);
            return new(seen.Up());
        });

        result.Status.ShouldBe(Status.Up);
        result.DurationSeconds.ShouldBe(0.012, 1e-6);
        result.Phases.TryGet("reply", out var reply).ShouldBeTrue();
        reply.ShouldBe(0.012);
    }

    [Fact]
    public async Task A_failed_assertion_is_down_and_a_failed_warning_is_degraded()
    {
        (await Run(_ => new(new Observation().Up()), "reply < 1s")).ShouldSatisfyAllConditions(
            r => r.Status.ShouldBe(Status.Down), r => r.Reason.ShouldBe(Reasons.AssertionFailed));
        (await Run(_ => new(new Observation().Up()), "warn: reply < 1s")).Status.ShouldBe(Status.Degraded);
        (await Run(_ => new(new Observation().Up()), "warn: reply < 1s", "duration > 1s")).Status.ShouldBe(Status.Down);
    }

    [Fact]
    public async Task A_probe_that_throws_has_measured_nothing()
    {
        var result = await Run(_ => throw new InvalidOperationException("oops"));
        (result.Status, result.Reason).ShouldBe((Status.Unknown, Reasons.InternalError));
    }

    [Fact]
    public async Task A_probe_that_forgets_its_deadline_is_abandoned()
    {
        var running = Run(_ => new(new TaskCompletionSource<Observation>().Task));
        time.Advance(TimeSpan.FromSeconds(2.5));
        var result = await running;
        (result.Status, result.Reason).ShouldBe((Status.Unknown, Reasons.InternalError));
    }

    [Fact]
    public async Task A_run_that_a_starved_process_could_not_end_is_no_fault_of_the_probe()
    {
        var running = Run(_ =>
        {
            time.Freeze(TimeSpan.FromSeconds(1));
            return new(new TaskCompletionSource<Observation>().Task);
        });
        time.Advance(TimeSpan.FromSeconds(2.5));
        var result = await running;
        (result.Status, result.Reason).ShouldBe((Status.Unknown, Reasons.AgentLate));
    }

    [Fact]
    public async Task A_run_cut_short_by_its_deadline_is_a_timeout_and_one_given_up_is_unknown()
    {
        var running = Run(Wait);
        time.Advance(TimeSpan.FromSeconds(2));
        (await running).Reason.ShouldBe(Reasons.Timeout);

        using var giveUp = new CancellationTokenSource();
        var given = Run(Wait, giveUp.Token);
        await giveUp.CancelAsync();
        var result = await given;
        (result.Status, result.Reason).ShouldBe((Status.Unknown, Reasons.Cancelled));
    }

    [Fact]
    public async Task A_timeout_of_a_starved_process_says_nothing_of_the_target()
    {
        var result = await Run(run =>
        {
            time.Freeze(TimeSpan.FromSeconds(2));
            return new(run.CutShort(new Observation(), "waiting"));
        });
        (result.Status, result.Reason).ShouldBe((Status.Unknown, Reasons.AgentLate));
    }

    [Theory]
    [InlineData(200, Reasons.AgentLate)]
    [InlineData(100, Reasons.Timeout)]
    [InlineData(15, Reasons.Timeout)]
    public async Task A_process_that_is_late_each_time_by_enough_to_explain_a_timeout_says_nothing_of_the_target_either(int late, string reason)
    {
        var result = await Run(run =>
        {
            while (run.Remaining > TimeSpan.Zero)
            {
                time.Freeze(TimeSpan.FromMilliseconds(50 + late));
                time.Advance(TimeSpan.Zero);
            }

            return new(run.CutShort(new Observation(), "waiting"));
        });
        result.Reason.ShouldBe(reason, result.Message);
    }

    [Fact]
    public async Task A_timeout_of_a_host_that_slept_says_nothing_of_the_target()
    {
        var running = Run(Wait);
        time.SetWall(TimeSpan.FromHours(8));
        time.Advance(TimeSpan.FromSeconds(2));
        var result = await running;
        (result.Status, result.Reason).ShouldBe((Status.Unknown, Reasons.AgentLate));
    }

    [Fact]
    public async Task A_clock_that_was_set_back_takes_no_verdict_back()
    {
        var running = Run(Wait);
        time.SetWall(TimeSpan.FromHours(-1));
        time.Advance(TimeSpan.FromSeconds(2));
        (await running).Reason.ShouldBe(Reasons.Timeout);
    }

    [Fact]
    public async Task A_starved_process_still_believes_a_refusal_and_a_good_answer()
    {
        (await Run(_ =>
        {
            time.Freeze(TimeSpan.FromSeconds(1));
            return new(new Observation().Down(Reasons.Refused, "no"));
        })).Status.ShouldBe(Status.Down);
        (await Run(_ =>
        {
            time.Freeze(TimeSpan.FromSeconds(1));
            return new(new Observation().Up());
        })).Status.ShouldBe(Status.Up);
    }

    private static async ValueTask<Observation> Wait(RunContext run)
    {
        var never = new TaskCompletionSource();
        await using var _ = run.Cancellation.Register(() => never.TrySetResult());
        await never.Task;
        return run.CutShort(new Observation(), "waiting");
    }

    private Task<Result> Run(ProbeRun run, params string[] assertions) => Run(run, CancellationToken.None, assertions);

    private Task<Result> Run(ProbeRun run, CancellationToken giveUp, params string[] assertions)
    {
        var check = new Check { Id = "x", Kind = "echo", Target = "a:7", Interval = TimeSpan.FromSeconds(5), Timeout = TimeSpan.FromSeconds(2), Assertions = assertions };
        var bound = BoundCheck.Bind(check, new FixedProbe(run), new Problems())!;
        return runner.RunAsync(bound, time.GetUtcNow(), giveUp).AsTask();
    }

    private sealed class FixedProbe(ProbeRun run) : IProbe
    {
        public KindDescriptor Descriptor => SampleKind.Kind;

        public ProbeRun Bind(string target, OptionValues options) => run;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
