using Vedette.Probes.Connect;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Http;

/// <summary>Fetches a URL over a fresh connection and judges status and body.</summary>
/// <param name="resolver">Finds the address of every hop.</param>
public sealed class HttpProbe(Resolver resolver) : IProbe
{
    /// <summary>What the kind is.</summary>
    public static readonly KindDescriptor Kind = new()
    {
        Kind = "http",
        Summary = "fetches a URL and judges status, body and certificate",
        TargetForm = "URL",
        RefuseTarget = Targets.RefuseHttpUrl,
        Options =
        [
            new("method", OptionType.Text, "the request method") { Default = "GET", Choices = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] },
            new("header", OptionType.Text, "a header field 'Name: value'; may be repeated") { Repeatable = true, Secret = true, Refuse = HeaderField.Refuse },
            new("body", OptionType.Text, "the body to send"),
            new("expectStatus", OptionType.List, "status codes that are success") { Default = "200-299", Refuse = StatusSet.Refuse },
            new("followRedirects", OptionType.Boolean, "go where 3xx answers point, up to 10 times") { Default = "true" },
            new("contains", OptionType.Text, "text the body must contain"),
            new("regex", OptionType.Text, "regular expression the body must match") { Refuse = BodyRules.RefuseRegex },
            new("jsonPath", OptionType.Text, "condition on a JSON body, such as $.a.b == \"text\"") { Refuse = JsonPath.Refuse },
            new("maxBody", OptionType.Integer, "the largest body accepted, in bytes") { Default = "1048576", Least = 0, Most = 64 * 1024 * 1024 },
            new("user", OptionType.Text, "user name for basic authentication"),
            new("password", OptionType.Text, "password for basic authentication") { Secret = true },
            new("bearer", OptionType.Text, "token for bearer authentication") { Secret = true },
            new("httpVersion", OptionType.Text, "the version to speak, and no other; 3 is not supported yet") { Default = "1.1", Choices = ["1.1", "2", "3"] },
            SharedOptions.SkipVerify,
            SharedOptions.CaFile,
            SharedOptions.ServerName,
            SharedOptions.Family,
        ],
        Phases = ["resolve", "connect", "tls", "processing", "transfer"],
        Measurements =
        [
            new("http_status_code", "", "status of the last answer"),
            new("http_content_length", "bytes", "the Content-Length of the last answer, -1 when it gave none"),
            new("http_uncompressed_body_length", "bytes", "length of the body that was read"),
            new("http_redirects", "", "redirects followed"),
            new("http_ssl", "", "1 when the last request was encrypted"),
            new("http_version", "", "version of the last answer"),
            new("http_last_modified_timestamp_seconds", "seconds", "unix time of Last-Modified"),
            new("http_retry_after_seconds", "seconds", "how long the last answer asked to wait before asking again"),
            new("failed_due_to_regex", "", "1 when the body did not match"),
            .. SentCertificates.Measurements,
        ],
        Attributes = ["address", "family", "tls_version", "tls_cipher", "final_url", "reported_by"],
    };

    private const int MostRedirects = 10;

    private readonly ClosingSockets closing = new(TimeProvider.System);

    /// <inheritdoc/>
    public KindDescriptor Descriptor => Kind;

    /// <inheritdoc/>
    public ProbeRun Bind(string target, OptionValues options)
    {
        var terms = new HttpTerms(target, options);
        var first = new HttpRequest(terms, terms.Url, terms.Method, terms.Body, Trusted: true);
        return run => RunAsync(first, run);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => closing.DisposeAsync();

    private async ValueTask<Observation> RunAsync(HttpRequest first, RunContext run)
    {
        var seen = new Observation();
        if (first.Terms.HttpVersion == "3") return seen.Unknown(Reasons.Unsupported, "HTTP/3 is not supported yet; use httpVersion=1.1 or 2");
        var hops = new List<Hop>();
        await FollowAsync(first, hops, seen, run);
        seen.Details = Hop.ToDetails(hops);
        foreach (var hop in hops) hop.Certificates?.Dispose();
        return seen;
    }

    private async ValueTask<Observation> FollowAsync(HttpRequest first, List<Hop> hops, Observation seen, RunContext run)
    {
        var (terms, request) = (first.Terms, first);
        HashSet<string>? visited = null;
        for (var redirects = 0; ; redirects++)
        {
            hops.Add(new Hop(request.Shown));
            var (response, failure) = await new HttpExchange(resolver, closing, request, hops[^1], seen, run).PerformAsync();
            if (response is not null) HttpVerdict.Describe(seen, request, response, redirects);
            if (failure is { } failed) return failed.ApplyTo(seen);
            if (!terms.Follows || response!.Head.Status is not (301 or 302 or 303 or 307 or 308) || response.Head.First("Location") is not { } location)
                return await HttpVerdict.JudgeAsync(seen, terms, response!, run);

            var (next, refused) = request.Redirected(response.Head.Status, location);
            if (next is null) return refused!.Value.ApplyTo(seen);
            visited ??= new(StringComparer.Ordinal);
            if (!visited.Add(request.Fingerprint()) || redirects >= MostRedirects) return seen.Down(Reasons.RedirectLoop, $"the redirects do not end; the last one led to '{next.Shown}'");
            response.Body.Forget();
            request = next;
        }
    }
}
