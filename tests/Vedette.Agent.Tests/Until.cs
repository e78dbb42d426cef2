namespace Vedette.Agent.Tests;

/// <summary>Waits on conditions.</summary>
internal static class Until
{
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(20);

    /// <summary>Until it holds; fails with its words when it does not within 20 s.</summary>
    public static async Task True(Func<bool> condition, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            (TimeProvider.System.GetElapsedTime(start) < Most).ShouldBeTrue($"not within {Most.TotalSeconds} s: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }
    }
}
