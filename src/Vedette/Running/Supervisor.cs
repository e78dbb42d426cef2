using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Vedette;

/// <summary>
/// Keeps background loops going: a fault is logged, counted, and the loop starts again after a back-off. One that faults five times
/// in a minute is beyond that, and the process is told to end.
/// </summary>
/// <param name="time">Clock of the back-off.</param>
/// <param name="logger">Hears of every fault.</param>
/// <param name="giveUp">Called once with the loop's name when it faults too often.</param>
public sealed partial class Supervisor(TimeProvider time, ILogger<Supervisor> logger, Action<string> giveUp)
{
    private const int MostFaults = 5;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(100);

    private static readonly Counter<long> Faults = Telemetry.Meter.CreateCounter<long>("vedette.loop.faults", "{fault}", "Background loops that faulted and were restarted.");

    /// <summary>Runs a loop until it returns or is stopped; never throws.</summary>
    public async Task RunAsync(string name, Func<CancellationToken, Task> loop, CancellationToken stop)
    {
        var faults = new Queue<long>(MostFaults);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await loop(stop);
                return;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                LoopFaulted(logger, fault, name);
                Faults.Add(1, new KeyValuePair<string, object?>("loop", name));
                if (IsBeyondRepair(faults))
                {
                    giveUp(name);
                    return;
                }
            }

            await Task.Delay(FirstBackOff * Math.Pow(2, faults.Count - 1), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool IsBeyondRepair(Queue<long> faults)
    {
        faults.Enqueue(time.GetTimestamp());
        while (time.GetElapsedTime(faults.Peek()) > Window) faults.Dequeue();
        return faults.Count >= MostFaults;
    }

    [LoggerMessage(111, LogLevel.Error, "The loop {Loop} faulted and starts again.")]
    private static partial void LoopFaulted(ILogger logger, Exception fault, string loop);
}
