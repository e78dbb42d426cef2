using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Vedette.Hub.Tests;

/// <summary>A whole hub in a directory of its own, listening on a free port, that can be closed and opened again.</summary>
internal sealed class RunningHub : IAsyncDisposable
{
    private readonly bool takesResults;
    private CancellationTokenSource? over;
    private HubHost? host;
    private HttpClient? http;
    private Task ingesting = Task.CompletedTask;

    private RunningHub(bool takesResults) => this.takesResults = takesResults;

    public string Data { get; } = Directory.CreateTempSubdirectory("vedette-hub-").FullName;

    public HubHost Host => host!;

    /// <summary>Asks with the token.</summary>
    public HttpClient Http => http!;

    public Uri Address => http!.BaseAddress!;

    public static async Task<RunningHub> StartAsync(bool takesResults = true)
    {
        var hub = new RunningHub(takesResults);
        await hub.OpenAsync();
        return hub;
    }

    /// <summary>One with the check <c>a</c> that has had these runs, whose agent has left; each came in a batch of its own.</summary>
    public static async Task<RunningHub> WithRunsAsync(params IReadOnlyList<Result> runs)
    {
        var hub = await StartAsync();
        await hub.AddAsync("a");
        await using var agent = await TestAgent.JoinAsync(hub.Host, lastSeq: (ulong)runs.Count);
        for (var i = 0; i < runs.Count; i++) await agent.SendAsync((ulong)i + 1, runs[i] with { CheckKey = agent.Key("a") });
        await agent.AcknowledgedAsync((ulong)runs.Count);
        return hub;
    }

    public async Task ReopenAsync()
    {
        await CloseAsync();
        await OpenAsync();
    }

    public async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(string method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        // A body that is too large is refused before it is sent, not in the middle.
        request.Headers.ExpectContinue = body?.Length > 1 << 20;
        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>Adds a check of one run a failure.</summary>
    public async Task AddAsync(string id, params string[] agents)
    {
        var named = JsonSerializer.Serialize(agents is [] ? ["local"] : agents, TestJson.Default.StringArray);
        (await SendAsync("POST", "/api/v1/checks", $$"""{"id":"{{id}}","kind":"echo","target":"example.org:7","failAfter":1,"agents":{{named}}}""")).Status.ShouldBe(HttpStatusCode.Created);
    }

    public async Task<WatchedCheck> CheckAsync(string id) =>
        JsonSerializer.Deserialize(await Http.GetStringAsync($"/api/v1/checks/{id}"), ApiJson.Readable.WatchedCheck)!;

    public async Task<IReadOnlyList<Result>> ResultsAsync(string id, string query = "") =>
        JsonSerializer.Deserialize(await Http.GetStringAsync($"/api/v1/checks/{id}/results{query}"), ApiJson.Readable.IReadOnlyListResult)!;

    /// <summary>Does something to the database behind the hub's back.</summary>
    public void Behind(string sql) => Scalar(sql);

    public object? Scalar(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(Data, "vedette.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Directory.Delete(Data, recursive: true);
    }

    private async Task OpenAsync()
    {
        over = new();
        host = new HubHost(new HubOptions(Data, new IPEndPoint(IPAddress.Loopback, 0), new Catalogue(Samples.Kind), []), TimeProvider.System, NullLoggerFactory.Instance);
        host.Load();
        if (takesResults) ingesting = host.IngestAsync(over.Token);
        http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ResponseDrainTimeout = TimeSpan.Zero }) { BaseAddress = new Uri($"http://{await host.StartHttpAsync()}") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", host.Token);
    }

    private async Task CloseAsync()
    {
        http!.Dispose();
        await over!.CancelAsync();
        try
        {
            await ingesting;
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            over.Dispose();
        }

        await host!.DisposeAsync();
    }
}
