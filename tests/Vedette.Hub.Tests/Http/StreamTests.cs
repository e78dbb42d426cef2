using System.Net;
using System.Text.Json.Nodes;
using static Vedette.Hub.Tests.Samples;

namespace Vedette.Hub.Tests.Http;

public sealed class StreamTests
{
    [Fact]
    public async Task Everything_that_happens_is_told_as_it_happens()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var reader = await EventReader.OpenAsync(hub);
        await hub.AddAsync("a");
        (await reader.NextAsync("check"))!["check"]!["id"]!.GetValue<string>().ShouldBe("a");
        await using var agent = await TestAgent.JoinAsync(hub.Host);
        await agent.SendAsync(1, Run(Status.Down, 1, key: agent.Key("a"), details: """{"a":"\n"}"""));
        var result = await reader.NextAsync("result");
        (result!["status"]!.GetValue<string>(), result["seq"]!.GetValue<int>(), result["details"]!["a"]!.GetValue<string>()).ShouldBe(("down", 1, "\n"));
        (await reader.NextAsync("check"))!["status"]!["status"]!.GetValue<string>().ShouldBe("down");
        await hub.SendAsync("POST", "/api/v1/checks/a/pause");
        (await reader.NextAsync("check"))!["lifecycle"]!.GetValue<string>().ShouldBe("paused");
        await hub.SendAsync("DELETE", "/api/v1/checks/a");
        (await reader.NextAsync("removed"))!["id"]!.GetValue<string>().ShouldBe("a");
    }

    [Fact]
    public async Task A_reader_that_comes_back_goes_on_after_the_last_it_saw()
    {
        await using var hub = await RunningHub.StartAsync();
        string last;
        await using (var reader = await EventReader.OpenAsync(hub))
        {
            await hub.AddAsync("a");
            await hub.AddAsync("b");
            await reader.NextAsync("check");
            last = reader.LastId;
        }

        foreach (var query in (string[])["", $"?lastEventId={last}"])
        {
            await using var again = await EventReader.OpenAsync(hub, query, query.Length == 0 ? last : null);
            (await again.NextAsync("check"))!["check"]!["id"]!.GetValue<string>().ShouldBe("b");
        }
    }

    [Fact]
    public async Task A_reader_of_another_hub_is_told_to_start_over()
    {
        await using var hub = await RunningHub.StartAsync();
        await using (var reader = await EventReader.OpenAsync(hub, lastId: "0badf00d-7")) await reader.NextAsync("reset");
        await using var before = await EventReader.OpenAsync(hub);
        await hub.AddAsync("a");
        await before.NextAsync("check");
        await hub.ReopenAsync();
        await using var after = await EventReader.OpenAsync(hub, lastId: before.LastId);
        await after.NextAsync("reset");
    }

    [Fact]
    public async Task A_reader_of_one_check_hears_of_no_other()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var reader = await EventReader.OpenAsync(hub, "?check=b");
        await hub.AddAsync("a");
        await hub.AddAsync("b");
        await hub.SendAsync("DELETE", "/api/v1/checks/a");
        await hub.SendAsync("DELETE", "/api/v1/checks/b");
        (await reader.NextAsync("check"))!["check"]!["id"]!.GetValue<string>().ShouldBe("b");
        (await reader.NextAsync("removed"))!["id"]!.GetValue<string>().ShouldBe("b");
    }

    [Fact]
    public async Task A_key_that_is_none_is_refused()
    {
        await using var hub = await RunningHub.StartAsync();
        var (status, problem) = await hub.SendAsync("GET", "/api/v1/stream?chek=a");
        status.ShouldBe(HttpStatusCode.BadRequest);
        problem!["problems"]![0]!["message"]!.GetValue<string>().ShouldContain("did you mean 'check'?");
    }

    [Fact]
    public async Task Readers_are_bounded_and_one_that_leaves_makes_room()
    {
        await using var hub = await RunningHub.StartAsync();
        var readers = new List<EventReader>();
        for (var i = 0; i < 200; i++) readers.Add(await EventReader.OpenAsync(hub));
        (await hub.SendAsync("GET", "/api/v1/stream")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        await hub.AddAsync("a");
        foreach (var reader in readers) await reader.NextAsync("check");
        foreach (var reader in readers) await reader.DisposeAsync();
        var status = HttpStatusCode.ServiceUnavailable;
        using var patience = new CancellationTokenSource(TestAgent.Patience);
        while (status != HttpStatusCode.OK)
        {
            using var answer = await hub.Http.GetAsync("/api/v1/stream", HttpCompletionOption.ResponseHeadersRead, patience.Token);
            status = answer.StatusCode;
        }
    }

    private sealed class EventReader(HttpResponseMessage answer, StreamReader lines) : IAsyncDisposable
    {
        public string LastId { get; private set; } = "";

        public static async Task<EventReader> OpenAsync(RunningHub hub, string query = "", string? lastId = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/stream{query}");
            if (lastId is not null) request.Headers.Add("Last-Event-ID", lastId);
            var answer = await hub.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
            var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
            (await lines.ReadLineAsync()).ShouldBe(": live");
            (await lines.ReadLineAsync()).ShouldBe("");
            return new(answer, lines);
        }

        // The next event and nothing but that, which is to be of a kind.
        public async Task<JsonNode?> NextAsync(string kind)
        {
            using var patience = new CancellationTokenSource(TestAgent.Patience);
            var id = await lines.ReadLineAsync(patience.Token);
            id!.ShouldStartWith("id: ");
            LastId = id[4..];
            (await lines.ReadLineAsync(patience.Token)).ShouldBe($"event: {kind}");
            var data = await lines.ReadLineAsync(patience.Token);
            data!.ShouldStartWith("data: ");
            (await lines.ReadLineAsync(patience.Token)).ShouldBe("");
            return JsonNode.Parse(data[6..]);
        }

        public ValueTask DisposeAsync()
        {
            lines.Dispose();
            answer.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
