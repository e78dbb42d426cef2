using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Vedette.State.Sqlite;

namespace Vedette.Hub.ResultLog;

/// <summary>
/// How far history may be compacted: as far as the result log has got, which reads batches. A log that cannot be written is waited for only so long:
/// what waits in batches takes more room and more time to read with every result.
/// </summary>
/// <param name="database">Where history is.</param>
/// <param name="noted">Up to which batch the log has got.</param>
/// <param name="logger">Hears of results that the log will miss.</param>
internal sealed partial class FollowedHistory(Database database, Func<long> noted, ILogger<FollowedHistory> logger)
{
    // A quarter of an hour of 1000 results a second, four days of 3.
    private const long MostBehind = 1 << 20;

    private static readonly Counter<long> Overtaken = Telemetry.Meter.CreateCounter<long>("vedette.hub.result_log_overtaken", "{run}", "Times history was compacted that the result log had not read, and now misses.");

    private bool told;

    /// <summary>The last batch that may be compacted.</summary>
    public long UpTo()
    {
        var followed = noted();
        var behind = database.Read(connection => (long)connection.Scalar("SELECT coalesce(sum(results), 0) FROM history_batches WHERE number > $1", followed)!);
        if (behind <= MostBehind)
        {
            // Each run that overtakes the log brings it a little below the bound, and that is no other failure.
            told &= behind > MostBehind / 2;
            return followed;
        }

        Overtaken.Add(1);
        if (!told) LogOvertaken(logger, behind);
        told = true;
        return long.MaxValue;
    }

    [LoggerMessage(322, LogLevel.Warning, "The result log is {Behind} results behind because it cannot be written, and history is compacted without waiting for it: the log will have a hole there, history has none.")]
    private static partial void LogOvertaken(ILogger logger, long behind);
}
