namespace Vedette.Hub.Tests.Upkeep;

/// <summary>A clock that stands where it is put. Whoever waits for it is seen to wait, and goes on when told.</summary>
internal sealed class HeldTime(DateTimeOffset now) : TimeProvider
{
    private TaskCompletionSource<TimerCallback> waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private object? argument;

    public DateTimeOffset Now { get; set; } = now;

    /// <summary>Ends when someone waits.</summary>
    public Task Waiting => waiter.Task;

    /// <summary>How long who waits wanted to.</summary>
    public TimeSpan Wanted { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => Now.UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        (argument, Wanted) = (state, dueTime);
        waiter.TrySetResult(callback);
        return new Held();
    }

    /// <summary>Lets the one who waits go on; nothing when nobody does.</summary>
    public async Task ReleaseAsync()
    {
        if (!waiter.Task.IsCompleted) return;
        var callback = await waiter.Task;
        var state = argument;
        waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
        callback(state);
    }

    private sealed class Held : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
