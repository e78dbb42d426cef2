namespace Vedette.Agent.Tests;

/// <summary>A probe that does what a test says.</summary>
internal sealed class FakeProbe(ProbeRun run) : IProbe
{
    public KindDescriptor Descriptor { get; } = new()
    {
        Kind = "fake",
        Summary = "does as told",
        TargetForm = "ANY",
        RefuseTarget = target => target == "bad" ? "it is bad" : null,
        Options = [],
        Phases = [],
        Measurements = [],
        Attributes = [],
    };

    public ProbeRun Bind(string target, OptionValues options) => target == "throw" ? throw new InvalidOperationException("a bug") : run;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public static Check Check(string id, TimeSpan interval, TimeSpan? timeout = null, string target = "any") =>
        new() { Id = id, Kind = "fake", Target = target, Interval = interval, Timeout = timeout ?? interval };

    public static BoundCheck Bound(string id, TimeSpan interval, ProbeRun run, TimeSpan? timeout = null) =>
        BoundCheck.Bind(Check(id, interval, timeout), new FakeProbe(run), new Problems())!;

    public static ValueTask<Observation> Up(RunContext run) => new(new Observation().Up());

    /// <summary>Waits for its deadline, or to be given up.</summary>
    public static async ValueTask<Observation> Silent(RunContext run)
    {
        var never = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var _ = run.Cancellation.Register(() => never.TrySetResult());
        await never.Task;
        return run.CutShort(new Observation(), "waiting");
    }
}
