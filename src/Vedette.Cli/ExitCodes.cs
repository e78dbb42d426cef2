using Vedette.Cli.Doctor;

namespace Vedette.Cli;

/// <summary>What the process ends with. A run's verdict exits as a Nagios plug-in does.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;
    public const int Degraded = 1;
    public const int Down = 2;
    public const int Unknown = 3;

    /// <summary>The hub has no such check, or the check is in no state for that; or what is stored is damaged.</summary>
    public const int Refused = 1;

    /// <summary>The command line or an input was wrong (sysexits.h EX_USAGE); nothing was done.</summary>
    public const int Usage = 64;

    /// <summary>What the program needs was not there (sysexits.h EX_UNAVAILABLE).</summary>
    public const int Unavailable = 69;

    /// <summary>Ctrl+C or a signal came before the answer (128 and SIGINT, as shells count).</summary>
    public const int Interrupted = 130;

    public static int Of(Status status) => status switch
    {
        Status.Up => Ok,
        Status.Degraded => Degraded,
        Status.Down => Down,
        _ => Unknown,
    };

    public static int Of(Health health) => health switch
    {
        Health.Ok => Ok,
        Health.Limited => Degraded,
        _ => Down,
    };
}
