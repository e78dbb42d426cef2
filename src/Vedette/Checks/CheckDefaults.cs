namespace Vedette;

/// <summary>What holds when a check does not say.</summary>
public static class CheckDefaults
{
    /// <summary>The agent that runs inside the hub.</summary>
    public const string BuiltInAgent = "local";

    public const int FailAfter = 2;
    public const int RecoverAfter = 1;
    public const string DownWhen = "majority";

    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan LongestInterval = TimeSpan.FromDays(1);
    public static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(1);
}
