namespace Vedette.Probes.Ntp;

/// <summary>Words for why a run is not up that only this kind has.</summary>
public static class NtpReasons
{
    // The target's doing: the run is down.
    public const string AccessDenied = "access_denied";
    public const string Unsynchronized = "unsynchronized";
    public const string RootDistance = "root_distance";
    public const string Stratum = "stratum";
    public const string Offset = "offset";

    // It serves, but something is to be looked at: the run is degraded.
    public const string StaleReference = "stale_reference";

    // We asked too often: the run is unknown.
    public const string RateLimited = "rate_limited";
}
