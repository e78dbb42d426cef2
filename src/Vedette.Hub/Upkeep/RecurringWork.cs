using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Vedette.State.Sqlite;

namespace Vedette.Hub.Upkeep;

/// <summary>
/// Does a piece of work again and again, with a pause after each time. What the disk refuses is tried again after a pause that doubles up to a
/// minute, and is told once: again only when the cause is another, or when it is over.
/// </summary>
/// <param name="name">What the work is called, after "the".</param>
/// <param name="pause">How long it rests.</param>
/// <param name="failures">Counts each time it was refused.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Hears of it.</param>
internal sealed partial class RecurringWork(string name, TimeSpan pause, Counter<long> failures, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>Goes on until stopped.</summary>
    public async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken stop)
    {
        var (rest, told) = (pause, (string?)null);
        while (true)
        {
            try
            {
                await work(stop);
                if (told is not null) GoesOn(logger, name);
                (rest, told) = (pause, null);
            }
            catch (StateException e)
            {
                failures.Add(1);
                if (e.Message != told) Failed(logger, name, e.Message);
                told = e.Message;
                rest = rest * 2 < LongestPause ? rest * 2 : LongestPause;
            }

            await Task.Delay(rest, time, stop);
        }
    }

    [LoggerMessage(331, LogLevel.Warning, "The {Work} failed and is tried again: {Problem}.")]
    private static partial void Failed(ILogger logger, string work, string problem);

    [LoggerMessage(332, LogLevel.Information, "The {Work} goes on.")]
    private static partial void GoesOn(ILogger logger, string work);
}
