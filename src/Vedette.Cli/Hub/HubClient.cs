using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Vedette.Cli.Rendering;

namespace Vedette.Cli.Hub;

/// <summary>Asks the hub over HTTP; whatever goes wrong is one sentence, as <see cref="HubError"/>.</summary>
internal sealed class HubClient : IDisposable
{
    private const int CopiedAtOnce = 64 * 1024;

    // What a hub says of the longest file that it takes is below.
    private const int LongestProblem = 16 * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HubAccess access;
    private readonly TimeSpan patience;
    private readonly HttpClient http;

    // When what a caller waits for on its own thread began, by the monotonic clock.
    private long askedAt = Stopwatch.GetTimestamp();

    public HubClient(HubAccess access, TimeSpan? patience = null)
    {
        (this.access, this.patience) = (access, patience ?? Patience);
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = !access.IsLoopback, ActivityHeadersPropagator = null, ConnectTimeout = this.patience, ConnectCallback = Connect }) { BaseAddress = access.Address, Timeout = this.patience };
        if (access.Token is { } token) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>The hub's address for people.</summary>
    public string Name => access.Address.AbsoluteUri.TrimEnd('/');

    /// <summary>The hub that the options and the environment name.</summary>
    public static HubClient Of(ParseResult parsed, TimeSpan? patience = null) => new(HubAccess.Of(parsed), patience);

    public Task<IReadOnlyList<WatchedCheck>> ChecksAsync(CancellationToken cancellation) =>
        AskAsync(HttpMethod.Get, "checks", null, ApiJson.Readable.IReadOnlyListWatchedCheck, cancellation);

    /// <summary>How all checks stand, in a line each, by id; read while the hub still writes. The caller waits.</summary>
    public IReadOnlyList<CheckLine> Lines(CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/status");
        using var answer = Send(request, cancellation);
        if (answer.Content.Headers.ContentType?.MediaType != "application/json") throw NotAHub(answer);
        try
        {
            return CheckLineReader.Read(answer.Content.ReadAsStream(cancellation));
        }
        catch (JsonException)
        {
            throw NotAHub(answer);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw TimedOut(e) ? TookTooLong() : BrokeOff(e);
        }
    }

    /// <summary>The ids that begin with something, or so many of them that what all begin with can be seen.</summary>
    public Task<IReadOnlyList<ListedId>> IdsAsync(string prefix, CancellationToken cancellation) =>
        AskAsync(HttpMethod.Get, $"ids?prefix={Uri.EscapeDataString(prefix)}", null, ApiJson.Readable.IReadOnlyListListedId, cancellation);

    public Task<WatchedCheck> CheckAsync(string id, CancellationToken cancellation) => AskAsync(HttpMethod.Get, PathOf(id), null, ApiJson.Readable.WatchedCheck, cancellation);

    public Task<WatchedCheck> AddAsync(CheckDraft draft, CancellationToken cancellation) =>
        AskAsync(HttpMethod.Post, "checks", DraftJson.Write(draft), ApiJson.Readable.WatchedCheck, cancellation);

    public Task<WatchedCheck> EditAsync(string id, CheckDraft draft, CancellationToken cancellation) =>
        AskAsync(HttpMethod.Patch, PathOf(id), DraftJson.Write(draft), ApiJson.Readable.WatchedCheck, cancellation);

    /// <summary>Moves a check in its life: <c>pause</c>, <c>resume</c>, <c>stop</c>, <c>start</c>.</summary>
    public Task<WatchedCheck> MoveAsync(string id, string verb, CancellationToken cancellation) =>
        AskAsync(HttpMethod.Post, $"{PathOf(id)}/{verb}", null, ApiJson.Readable.WatchedCheck, cancellation);

    public async Task RemoveAsync(string id, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"api/v1/{PathOf(id)}");
        using var answer = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellation);
        if (answer.StatusCode != HttpStatusCode.NoContent) throw NotAHub(answer);
    }

    /// <summary>The newest results of a check that fit the query, oldest first, one after the other as they come: a day of them is more than anyone should hold.</summary>
    public async IAsyncEnumerable<Result> EachResultAsync(string id, ResultQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/{PathOf(id)}/results{query}");
        using var answer = await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (answer.Content.Headers.ContentType?.MediaType != "application/json") throw NotAHub(answer);
        await using var results = JsonSerializer.DeserializeAsyncEnumerable(await answer.Content.ReadAsStreamAsync(cancellation), ApiJson.Readable.Result, cancellation).GetAsyncEnumerator(cancellation);
        while (await NextAsync(results, answer)) yield return results.Current ?? throw NotAHub(answer);
    }

    /// <summary>The slots of a check of which there is no result.</summary>
    public Task<IReadOnlyList<Gap>> GapsAsync(string id, ResultQuery query, CancellationToken cancellation) =>
        AskAsync(HttpMethod.Get, $"{PathOf(id)}/gaps{query}", null, ApiJson.Readable.IReadOnlyListGap, cancellation);

    /// <summary>What the last while was like for a check.</summary>
    public Task<CheckSummary> SummaryAsync(string id, TimeSpan last, CancellationToken cancellation) =>
        AskAsync(HttpMethod.Get, $"{PathOf(id)}/summary?last={Durations.Format(last)}", null, ApiJson.Readable.CheckSummary, cancellation);

    /// <summary>Applies a document, or only says what that would do.</summary>
    public async Task<AppliedConfiguration> ApplyAsync(ReadOnlyMemory<byte> document, string owner, bool plan, bool prune, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/v1/apply?owner={Uri.EscapeDataString(owner)}&plan={Word(plan)}&prune={Word(prune)}") { Content = new ReadOnlyMemoryContent(document) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellation);
        return Read(answer, "application/json", ApiJson.Readable.AppliedConfiguration, await answer.Content.ReadAsByteArrayAsync(cancellation)) ?? throw NotAHub(answer);

        static string Word(bool value) => value ? "true" : "false";
    }

    /// <summary>The checks, of one owner or all, as the document that makes them.</summary>
    public Task<JsonElement> ExportAsync(string? owner, CancellationToken cancellation) =>
        AskAsync(HttpMethod.Get, owner is null ? "export" : $"export?owner={Uri.EscapeDataString(owner)}", null, ApiJson.Readable.JsonElement, cancellation);

    /// <summary>Writes a copy of all that the hub keeps.</summary>
    /// <exception cref="IOException">The target does not take it.</exception>
    public async Task BackUpAsync(Stream target, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/backup");
        using var answer = await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (answer.Content.Headers.ContentType?.MediaType != "application/vnd.sqlite3") throw NotAHub(answer);
        await using var content = await answer.Content.ReadAsStreamAsync(cancellation);
        // A piece at a time, because what goes wrong with the target is not the hub's doing.
        var piece = new byte[CopiedAtOnce];
        while (await WholeAsync(content.ReadAsync(piece, cancellation).AsTask()) is > 0 and var length) await target.WriteAsync(piece.AsMemory(0, length), cancellation);
    }

    /// <summary>Has the hub read all that it keeps.</summary>
    public async Task<Verification> VerifyAsync(CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/verify");
        using var answer = await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        return Read(answer, "application/json", ApiJson.Readable.Verification, await WholeAsync(answer.Content.ReadAsByteArrayAsync(cancellation))) ?? throw NotAHub(answer);
    }

    /// <summary>What happens to a check, or to all of them when none is named, from now on or since an event that was seen.</summary>
    public async Task<EventStream> StreamAsync(string? id, string? lastEventId, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, id is null ? "api/v1/stream" : $"api/v1/stream?check={Uri.EscapeDataString(id)}");
        if (lastEventId is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        var answer = await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (answer.Content.Headers.ContentType?.MediaType == "text/event-stream") return new EventStream(answer, await answer.Content.ReadAsStreamAsync(cancellation));
        using (answer) throw NotAHub(answer);
    }

    /// <summary>The innermost cause, which is the one that says something: <c>Connection refused</c>.</summary>
    public static string Why(Exception e) => e switch
    {
        HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } => "the answer broke off",
        // Without the address that some of them end with.
        SocketException socket => new SocketException(socket.ErrorCode).Message,
        _ when e.InnerException is null or OperationCanceledException => Plain.Foreign(e.Message.TrimEnd('.')),
        _ => Why(e.InnerException),
    };

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    // What cannot be an id must not become another path: with '..' the question would be a different one.
    private static string PathOf(string id) => Word.Fits(id)
        ? $"checks/{id}"
        : throw new HubError($"there is no check '{Plain.Foreign(id)}'; see them with: vedette check list", ExitCodes.Refused, HttpStatusCode.NotFound);

    private async Task<bool> NextAsync(IAsyncEnumerator<Result?> results, HttpResponseMessage answer)
    {
        try
        {
            return await results.MoveNextAsync();
        }
        catch (JsonException)
        {
            throw NotAHub(answer);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new HubError($"the hub at {Name} broke off in the middle of its answer: {Why(e)}; ask again", ExitCodes.Unavailable);
        }
    }

    private async Task<T> AskAsync<T>(HttpMethod method, string path, string? json, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, $"api/v1/{path}");
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellation);
        return Read(answer, "application/json", type, await answer.Content.ReadAsByteArrayAsync(cancellation)) ?? throw NotAHub(answer);
    }

    // At once for the same reason.
    private ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancellation) => new(HubConnection.To(context.DnsEndPoint, () => patience - Stopwatch.GetElapsedTime(askedAt), cancellation));

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellation)
    {
        try
        {
            var answer = await http.SendAsync(request, completion, cancellation);
            if (answer.IsSuccessStatusCode) return answer;
            using (answer) throw Refusal(answer, await ProblemAsync(answer, cancellation));
        }
        catch (Exception e) when (IsOfTheHub(e, cancellation))
        {
            throw Unanswered(e);
        }
    }

    // The same on this thread, for what is to be there at once: each asynchronous layer that waits has to be compiled first, and there are twenty of them.
    private HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellation)
    {
        askedAt = Stopwatch.GetTimestamp();
        try
        {
            var answer = http.Send(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (answer.IsSuccessStatusCode) return answer;
            using (answer) throw Refusal(answer, Problem(answer, cancellation));
        }
        catch (Exception e) when (IsOfTheHub(e, cancellation))
        {
            throw Unanswered(e);
        }
    }

    private static ProblemReport? Problem(HttpResponseMessage answer, CancellationToken cancellation)
    {
        var content = GC.AllocateUninitializedArray<byte>(LongestProblem + 1);
        return Problem(answer, content, answer.Content.ReadAsStream(cancellation).ReadAtLeast(content, content.Length, throwOnEndOfStream: false));
    }

    private async Task<ProblemReport?> ProblemAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(patience);
        var content = GC.AllocateUninitializedArray<byte>(LongestProblem + 1);
        return Problem(answer, content, await (await answer.Content.ReadAsStreamAsync(deadline.Token)).ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, deadline.Token));
    }

    private static ProblemReport? Problem(HttpResponseMessage answer, byte[] content, int length) =>
        length > LongestProblem ? null : Read(answer, "application/problem+json", ApiJson.Readable.ProblemReport, content.AsSpan(0, length));

    private static bool IsOfTheHub(Exception e, CancellationToken cancellation) => e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested);

    private HubError Unanswered(Exception e) => e is OperationCanceledException || TimedOut(e) ? TookTooLong() : new(Unreachable(e), ExitCodes.Unavailable);

    // What began as an answer and is not whole.
    private async Task<T> WholeAsync<T>(Task<T> reading)
    {
        try
        {
            return await reading;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw BrokeOff(e);
        }
    }

    private static bool TimedOut(Exception e) => e.GetBaseException() is SocketException { SocketErrorCode: SocketError.TimedOut };

    private HubError TookTooLong() => new($"the hub at {Name} did not answer within {Durations.Format(patience)}; see whether it still runs", ExitCodes.Unavailable);

    private HubError BrokeOff(Exception e) => new($"the hub at {Name} broke off in the middle of its answer: {Why(e)}; see its log, and ask again", ExitCodes.Unavailable);

    private string Unreachable(Exception e) => e switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => $"no trusted TLS connection to {Name}: {Why(e)}; check --hub and the certificate there",
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => $"what answers at {Name} does not speak HTTP; check --hub",
        _ => $"no hub can be reached at {Name}: {Why(e)}; start one with: vedette up, or give its address with --hub",
    };

    private HubError Refusal(HttpResponseMessage answer, ProblemReport? report) => (answer.StatusCode, report) switch
    {
        (HttpStatusCode.Unauthorized, not null) when access.Token is null => new($"the hub at {Name} wants a token and there is none in {access.TokenFrom}; {HowToGiveOne}", ExitCodes.Unavailable, answer.StatusCode),
        (HttpStatusCode.Unauthorized, not null) => new($"the hub at {Name} does not take the token of {access.TokenFrom}; {HowToGiveOne}", ExitCodes.Unavailable, answer.StatusCode),
        (HttpStatusCode.BadRequest, { Detail: var detail }) => new(Plain.Foreign(detail), ExitCodes.Usage, answer.StatusCode) { Problems = report.Problems ?? [] },
        (HttpStatusCode.NotFound or HttpStatusCode.Conflict, { Detail: var detail }) => new(Plain.Foreign(detail), ExitCodes.Refused, answer.StatusCode) { Problems = report.Problems ?? [] },
        (_, { Detail: var detail }) => new($"the hub at {Name} refused: {Plain.Foreign(detail)}", ExitCodes.Unavailable, answer.StatusCode),
        _ => NotAHub(answer),
    };

    private string HowToGiveOne => access.IsLoopback
        ? "give the data directory of that hub with --data, or its token with --token"
        : "give the one of its data directory, admin.token, with --token or VEDETTE_TOKEN";

    private HubError NotAHub(HttpResponseMessage answer)
    {
        var what = answer.Content.Headers.ContentType?.MediaType is { } type ? $"{(int)answer.StatusCode}, {Plain.Foreign(type)}" : $"{(int)answer.StatusCode}";
        return new($"what answers at {Name} is not a Vedette hub that this program understands ({what}); check --hub", ExitCodes.Unavailable, answer.StatusCode);
    }

    // What is shown as it is has to be what it says, whoever answers.
    private static bool HasPlainWords(object answer) => answer switch
    {
        WatchedCheck watched => Word.Fits(watched.Check.Id) && Word.Fits(watched.Check.Kind),
        IReadOnlyList<WatchedCheck> checks => checks.All(HasPlainWords),
        IReadOnlyList<ListedId> ids => ids.All(listed => Word.Fits(listed.Id) && Word.Fits(listed.Kind)),
        _ => true,
    };

    private static T? Read<T>(HttpResponseMessage answer, string contentType, JsonTypeInfo<T> type, ReadOnlySpan<byte> content)
    {
        if (answer.Content.Headers.ContentType?.MediaType != contentType) return default;
        try
        {
            return JsonSerializer.Deserialize(content, type) is { } value && HasPlainWords(value) ? value : default;
        }
        catch (JsonException)
        {
            // Not what a hub writes; the caller says so.
            return default;
        }
    }
}
