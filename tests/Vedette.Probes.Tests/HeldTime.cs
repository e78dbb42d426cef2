namespace Vedette.Probes.Tests;

/// <summary>A clock that goes on only when told to.</summary>
internal sealed class HeldTime : TimeProvider
{
    private long now;

    public override long GetTimestamp() => Volatile.Read(ref now);

    public void Pass(TimeSpan span) => Interlocked.Add(ref now, (long)(span.TotalSeconds * TimestampFrequency));
}
