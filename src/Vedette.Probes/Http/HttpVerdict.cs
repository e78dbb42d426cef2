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
    public static Observation Judge(Observation seen, HttpTerms terms, Response response)
    {
        var status = response.Head.Status;
        if (!terms.Expected.Contains(status)) return seen.Down(Reasons.StatusMismatch, string.Create(CultureInfo.InvariantCulture, $"the status was {status}, expected {terms.Expected}"));
        var body = response.Body.Kept;
        if (terms.Rules.Any && response.Head.First("Content-Encoding") is { } codings)
        {
            (body, var undecodable) = ContentCoding.Undo(body, codings, terms.MostBody);
            if (undecodable is { } failure) return failure.ApplyTo(seen);
            seen.Measure("http_uncompressed_body_length", body.Length);
        }

        if (terms.Rules.HasRegex) seen.Measure("failed_due_to_regex", 0);
        try
        {
            if (terms.Rules.Explain(body, Charset(response.Head)) is not { } mismatch) return seen.Up();
            if (mismatch.ByRegex) seen.Measure("failed_due_to_regex", 1);
            return seen.Down(Reasons.BodyMismatch, mismatch.Sentence);
        }
        catch (RegexMatchTimeoutException e)
        {
            return seen.Unknown(Reasons.AgentLate, $"this agent could not search the body for '{e.Pattern}' within {Durations.Format(e.MatchTimeout)}; simplify the pattern or lower maxBody");
        }
    }

    // RFC 9110 section 8.3.1: parameters follow the media type after semicolons.
    private static string? Charset(ResponseHead head) =>
        head.First("Content-Type")?.Split(';').Skip(1).Select(parameter => parameter.Split('=', 2))
            .FirstOrDefault(pair => pair.Length == 2 && pair[0].Trim().Equals("charset", StringComparison.OrdinalIgnoreCase))?[1].Trim().Trim('"');
}
