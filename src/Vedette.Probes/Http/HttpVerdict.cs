using System.Globalization;
using System.Text.RegularExpressions;

namespace Vedette.Probes.Http;

/// <summary>Describes an answer and says whether it is what the check wants.</summary>
internal static class HttpVerdict
{
    /// <summary>Adds the numbers of the latest answer; a later one replaces them.</summary>
    public static void Describe(Observation seen, HttpRequest request, Response response, int redirects)
    {
        seen.Measure("http_status_code", response.Head.Status);
        seen.Measure("http_content_length", response.Head.TryGetLength(out var length) && length is { } stated ? stated : -1);
        seen.Measure("http_uncompressed_body_length", response.Body.Length);
        seen.Measure("http_redirects", redirects);
        seen.Measure("http_ssl", request.Url.Scheme == "https" ? 1 : 0);
        seen.Measure("http_version", response.Head.Version);
        if (DateTimeOffset.TryParseExact(response.Head.First("Last-Modified"), "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var modified))
            seen.Measure("http_last_modified_timestamp_seconds", modified.ToUnixTimeSeconds());
        if (redirects > 0) seen.Describe("final_url", request.Shown);
    }

    /// <summary>Ends the run by status, then body.</summary>
    public static async ValueTask<Observation> JudgeAsync(Observation seen, HttpTerms terms, Response response, RunContext run)
    {
        var status = response.Head.Status;
        var wait = RetryAfter.Read(response.Head, run.Time.GetUtcNow());
        if (wait is { } asked) seen.Measure("http_retry_after_seconds", asked.TotalSeconds);
        if (!terms.Expected.Contains(status))
        {
            var again = wait is { } pause ? $"; it asks to come back in {Durations.Format(pause)}" : "";
            return seen.Down(Reasons.StatusMismatch, string.Create(CultureInfo.InvariantCulture, $"the status was {status}, expected {terms.Expected}{again}"));
        }

        var (body, undecodable) = ContentCoding.Undo(response, terms, run);
        if (undecodable is { } failure) return failure.ApplyTo(seen);
        seen.Measure("http_uncompressed_body_length", body.Length);
        if (terms.Rules.Pattern is not null) seen.Measure("failed_due_to_regex", 0);
        try
        {
            if (await ExplainAsync(terms.Rules, body.Kept, Charset(response.Head), run) is not { } mismatch) return seen.Up();
            if (mismatch.ByRegex) seen.Measure("failed_due_to_regex", 1);
            return seen.Down(Reasons.BodyMismatch, mismatch.Sentence);
        }
        catch (RegexMatchTimeoutException e)
        {
            return TooSlow(seen, terms.Rules, $"within {Durations.Format(e.MatchTimeout)}");
        }
        catch (OperationCanceledException)
        {
            var cut = run.CutShort(seen, "searching the body");
            return cut.Reason == Reasons.Timeout ? TooSlow(seen, terms.Rules, $"before the deadline of {Durations.Format(run.Timeout)}") : cut;
        }
    }

    // A search cannot be interrupted, only left behind: it ends by itself when the patience of the pattern is over, and the run at its deadline.
    private static async ValueTask<(string Sentence, bool ByRegex)?> ExplainAsync(BodyRules rules, ReadOnlyMemory<byte> body, string? charset, RunContext run) =>
        rules.Pattern is not null ? await Task.Run(() => rules.Explain(body, charset), CancellationToken.None).WaitAsync(run.Cancellation) : rules.Explain(body, charset);

    private static Observation TooSlow(Observation seen, BodyRules rules, string within) =>
        seen.Unknown(Reasons.AgentLate, $"this agent could not search the body for '{rules.Pattern}' {within}; simplify the pattern or lower maxBody");

    // RFC 9110 section 8.3.1: parameters follow the media type after semicolons.
    private static string? Charset(ResponseHead head) =>
        head.First("Content-Type")?.Split(';').Skip(1).Select(parameter => parameter.Split('=', 2))
            .FirstOrDefault(pair => pair.Length == 2 && pair[0].Trim().Equals("charset", StringComparison.OrdinalIgnoreCase))?[1].Trim().Trim('"');
}
