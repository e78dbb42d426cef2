using System.Net;
using Vedette.Probes.Datagrams;

namespace Vedette.Probes.Ntp;

/// <summary>The questions of one run to one server, one after the other.</summary>
/// <param name="around">What all checks share.</param>
/// <param name="terms">What the check demands.</param>
/// <param name="server">Whom to ask.</param>
/// <param name="gap">How long ago the check's last run asked; null in its first.</param>
/// <param name="seen">Takes what is found out on the way.</param>
/// <param name="run">Its deadline.</param>
internal sealed class NtpRun(NtpSurroundings around, NtpTerms terms, IPEndPoint server, TimeSpan? gap, Observation seen, RunContext run)
{
    /// <summary>What was found out so far.</summary>
    public NtpFindings Findings { get; } = new();

    /// <summary>Asks; null when there is a sample. What the server or the path says against it ends the run at once; silence costs only that sample.</summary>
    public async ValueTask<Failure?> AskAsync()
    {
        var first = run.Elapsed;
        for (var asked = 1; asked < terms.Samples; asked++)
        {
            var left = first + (around.Spacing * asked) - run.Elapsed;
            if (left < TimeSpan.Zero) left = TimeSpan.Zero;
            using var turn = new CancellationTokenSource(left, run.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(run.Cancellation, turn.Token);
            if (await AskOnceAsync(left, either.Token) is { } failure) return failure;

            // Each question has the time up to the next one for its answer, and none goes sooner because of an early one.
            await Task.Delay(Timeout.InfiniteTimeSpan, run.Time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return await AskOnceAsync(run.Remaining, run.Cancellation) ?? (Findings.HasSample ? null : Missed());
    }

    private async ValueTask<Failure?> AskOnceAsync(TimeSpan patience, CancellationToken cancellation)
    {
        if (run.Cancellation.IsCancellationRequested) return null;
        using var exchange = DatagramExchange.Open(server, around.Batches, out var failure);
        var query = new NtpQuery();
        if (exchange is null || (failure = exchange.Send(query.Request)) is not null) return failure;
        Findings.Sent++;
        try
        {
            if (await exchange.HearAsync(query.Accept, patience, cancellation) is not { } error) return Judge(query, exchange.SentAt.Wall);
            seen.Describe("reported_by", error.Reporter.ToString());
            return error.Failure;
        }
        catch (OperationCanceledException)
        {
            // A sample less; a run without any says so at its end.
            return null;
        }
        finally
        {
            Findings.NoteIgnored(query);
        }
    }

    private Failure? Judge(NtpQuery query, long sentAt)
    {
        var answer = query.Answer;
        Findings.Note(answer);
        if (answer.Stratum == 0 && ReferenceId.Letters(answer.ReferenceId) is { } code)
        {
            seen.Describe("kiss_code", code);
            return around.Kisses.Remember(server, code, gap, run);
        }

        if (terms.Refuse(answer, query.After) is { } refused) return refused;
        Findings.Add(answer, NtpSample.Take(NtpTimestamp.FromUnix(sentAt), query.After, answer));
        return null;
    }

    private Failure Missed()
    {
        var silence = Failure.CutShort(run, $"waiting for an answer of {server}");
        if (silence.Reason != Reasons.Timeout) return silence;
        var within = Durations.Format(run.Timeout);
        return Findings.Ignored == 0
            ? Failure.Down(Reasons.Timeout, $"no answer from {server} within {within}: no server is there, or it or a firewall keeps quiet")
            : Failure.Down(Reasons.UnexpectedAnswer, $"no valid answer from {server} within {within}: of {Findings.Ignored} datagrams that came, the last {Findings.Why}");
    }
}
