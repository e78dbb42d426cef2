using System.Net;

namespace Vedette.Probes.Dns;

/// <summary>Asks over UDP (RFC 1035 section 4.2.1), and again when nothing comes; what was asked before may still be answered.</summary>
internal static class UdpExchange
{
    private const int MostAttempts = 3;

    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(1);

    /// <summary>Asks; ends by the run's deadline.</summary>
    public static async ValueTask<Heard> AskAsync(DnsQuery query, bool edns, IPEndPoint server, Tally tally, RunContext run)
    {
        var attempts = new List<UdpAttempt>(1);
        try
        {
            while (true)
            {
                if (UdpAttempt.Begin(query, edns, server, tally, run, out var failure) is not { } attempt) return Heard.Nothing(failure!.Value);
                attempts.Add(attempt);
                await AnyAsync(attempts, run);
                if (attempts.Find(one => one.Answer.IsCompleted) is { } ended) return await ended.Answer;
                tally.Retries++;
            }
        }
        finally
        {
            foreach (var attempt in attempts) await attempt.DisposeAsync();
        }
    }

    // Waits until one of them ends, or until it is time for another one. All of them end by the deadline, so the last wait has no bound of its own.
    private static async ValueTask AnyAsync(List<UdpAttempt> attempts, RunContext run)
    {
        Task any = attempts.Count == 1 ? attempts[0].Answer : Task.WhenAny(attempts.Select(attempt => attempt.Answer));
        if (attempts.Count < MostAttempts) any = any.WaitAsync(Patience(attempts.Count, run.Timeout), run.Time, CancellationToken.None);
        await any.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static TimeSpan Patience(int attempts, TimeSpan timeout)
    {
        var patience = FirstPatience * attempts;
        return patience < timeout / MostAttempts ? patience : timeout / MostAttempts;
    }
}
