using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using static Vedette.Hub.Tests.Samples;

namespace Vedette.Hub.Tests.Http;

public sealed class CheckApiTests : IAsyncLifetime
{
    private const string Checks = "/api/v1/checks";
    private RunningHub hub = null!;

    public async ValueTask InitializeAsync() => hub = await RunningHub.StartAsync();

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    [Fact]
    public async Task An_added_check_is_active_complete_and_where_its_location_says()
    {
        using var answer = await hub.Http.PostAsync(Checks, new StringContent("""{"kind":"echo","target":"example.org:7","set":{"packets":5},"labels":{"team":"web"}}"""));
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        answer.Headers.Location!.ToString().ShouldBe("/api/v1/checks/echo-example.org-7");
        var watched = await hub.CheckAsync("echo-example.org-7");
        (watched.Lifecycle, watched.Check.Interval, watched.Check.FailAfter, watched.Check.Agents[0]).ShouldBe((Lifecycle.Active, TimeSpan.FromSeconds(30), 2, "local"));
        watched.Check.Parameters["packets"].ShouldBe(["5"]);
        watched.Status.NextRunAt.ShouldNotBeNull();
        JsonNode.DeepEquals((await hub.SendAsync("GET", Checks)).Body![0]!["check"], JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["check"]).ShouldBeTrue();
    }

    [Fact]
    public async Task The_status_says_how_every_check_stands_in_a_line_each()
    {
        await hub.AddAsync("b");
        await hub.AddAsync("a");
        await using var agent = await TestAgent.JoinAsync(hub.Host);
        await agent.SendAsync(1, Run(Status.Down, 1, key: agent.Key("a")) with { Phases = new(new("resolve", 0.5), new("connect", 0.01)) });
        await agent.AcknowledgedAsync(1);
        var whole = await ListAsync("");
        var lines = JsonSerializer.Deserialize(await hub.Http.GetStringAsync("/api/v1/status"), ApiJson.Readable.IEnumerableCheckLine)!.ToList();
        lines.Select(line => (line.Id, line.Kind, line.Target, line.Name, line.Interval, line.Owner, line.Lifecycle)).ShouldBe(whole.Select(one =>
            (one.Check.Id, one.Check.Kind, one.Check.Target, one.Check.Name, one.Check.Interval, one.Owner, one.Lifecycle)));
        var (line, told) = (lines[0], whole[0].Status);
        (line.Status, line.Since, line.LastRunAt, line.LastStatus, line.LatencySeconds, line.Reason, line.Message).ShouldBe(
            (Status.Down, told.Since, told.LastResult!.ScheduledAt, Status.Down, told.LastResult.LatencySeconds(whole[0].LatencyPhase), Reasons.Timeout, "slot 1"));
        line.NextRunAt.ShouldNotBeNull();
        (lines[1].Status, lines[1].LastRunAt, lines[1].LastStatus, lines[1].LatencySeconds).ShouldBe((Status.Unknown, null, null, null));
    }

    [Theory]
    [InlineData("/api/v1/checks?brief=true", "brief")]
    [InlineData("/api/v1/status?status=down", "status")]
    public async Task A_list_takes_no_query_and_names_what_it_does_not_know(string path, string key)
    {
        var (status, problem) = await hub.SendAsync("GET", path);
        status.ShouldBe(HttpStatusCode.BadRequest);
        Paths(problem).ShouldBe([key]);
        Detail(problem).ShouldBe($"{key}: is not a key of this query; there are none");
    }

    [Fact]
    public async Task Ids_are_listed_by_what_they_begin_with_and_of_many_the_first_and_the_last()
    {
        var checks = string.Join(',', Enumerable.Range(0, 600).Select(number => $$"""{"id":"web-{{number:000}}","kind":"echo","target":"example.org:7","lifecycle":"paused"}""").Append("""{"id":"db","kind":"echo","target":"example.org:8"}"""));
        (await hub.SendAsync("POST", "/api/v1/apply?owner=many", $$"""{"checks":[{{checks}}]}""")).Status.ShouldBe(HttpStatusCode.OK);
        (await IdsAsync("?prefix=db")).ShouldBe([new("db", "echo", "example.org:8")]);
        (await IdsAsync("?prefix=web-59")).Select(listed => listed.Id).ShouldBe(Enumerable.Range(590, 10).Select(number => $"web-{number}"));
        (await IdsAsync("?prefix=WEB")).ShouldBeEmpty();
        (await IdsAsync("")).Select(listed => listed.Id).ShouldBe(Enumerable.Range(0, 498).Select(number => $"web-{number:000}").Prepend("db").Append("web-599"));
        Paths((await hub.SendAsync("GET", "/api/v1/ids?perfix=a")).Body).ShouldBe(["perfix"]);
        (await hub.SendAsync("POST", "/api/v1/ids")).Status.ShouldBe(HttpStatusCode.MethodNotAllowed);

        async Task<List<ListedId>> IdsAsync(string query) => JsonSerializer.Deserialize((await hub.SendAsync("GET", $"/api/v1/ids{query}")).Body!.ToJsonString(), ApiJson.Readable.IReadOnlyListListedId)!.ToList();
    }

    [Fact]
    public async Task The_status_can_only_be_read() => (await hub.SendAsync("POST", "/api/v1/status")).Status.ShouldBe(HttpStatusCode.MethodNotAllowed);

    [Fact]
    public async Task Checks_without_an_id_get_different_ones()
    {
        for (var i = 0; i < 3; i++) await hub.SendAsync("POST", Checks, """{"kind":"echo","target":"example.org:7"}""");
        (await hub.SendAsync("GET", Checks)).Body!.AsArray().Select(check => check!["check"]!["id"]!.GetValue<string>()).ShouldBe(["echo-example.org-7", "echo-example.org-7-2", "echo-example.org-7-3"]);
    }

    [Fact]
    public async Task A_taken_id_is_a_conflict_that_names_it()
    {
        await hub.AddAsync("a");
        var (status, problem) = await hub.SendAsync("POST", Checks, """{"id":"a","kind":"echo","target":"example.net:7"}""");
        status.ShouldBe(HttpStatusCode.Conflict);
        Detail(problem).ShouldBe("the id 'a' is taken; give another, or edit that check");
        (await hub.CheckAsync("a")).Check.Target.ShouldBe("example.org:7");
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_said_at_once_each_with_its_path()
    {
        var (status, problem) = await hub.SendAsync("POST", Checks, """{"id":"a b","kind":"echo","target":"x","every":"1ms","set":{"packets":0,"pakets":1},"assert":["what < 1"],"downWhen":"never","labels":{"a b":"c"}}""");
        status.ShouldBe(HttpStatusCode.BadRequest);
        Paths(problem).ShouldBe(["id", "every", "target", "set.packets", "set.pakets", "assert[0]", "downWhen", "labels.a b"], ignoreOrder: true);
        problem!["problems"]!.AsArray().Single(found => found!["path"]!.GetValue<string>() == "set.pakets")!["message"]!.GetValue<string>().ShouldContain("did you mean 'packets'?");
        hub.Scalar("SELECT count(*) FROM checks").ShouldBe(0L);
    }

    [Theory]
    [InlineData("""{"kind":"echo","target":"x:1","evry":"5s"}""", "evry", "did you mean 'every'?")]
    [InlineData("""{"kind":"ecko","target":"x:1"}""", "kind", "did you mean 'echo'?")]
    [InlineData("""{"target":"x:1"}""", "kind", "is missing")]
    [InlineData("""{"kind":"echo"}""", "target", "is missing")]
    [InlineData("""{"kind":"echo","target":"x:1","every":5}""", "every", "is not a duration")]
    [InlineData("""{"kind":"echo","target":"x:1","set":[]}""", "set", "must be an object")]
    [InlineData("""{"kind":"echo","target":"x:1","set":{"text":{}}}""", "set.text", "must be a text")]
    [InlineData("""{"kind":"echo","target":"x:1","agents":[]}""", "agents", "is empty")]
    [InlineData("""{"kind":"echo","target":"x:1","failAfter":99999999999}""", "failAfter", "is not a whole number")]
    [InlineData("""{"kind":"echo","target":"x:1","set":{"password":"***"}}""", "set.password", "stands for a secret that is not shown")]
    [InlineData("[]", "", "is a JSON object")]
    [InlineData("null", "", "is a JSON object")]
    [InlineData("", "", "is not JSON")]
    [InlineData("{", "", "is not JSON")]
    [InlineData("{\"kind\":\"echo\"} x", "", "is not JSON")]
    [InlineData("""{"kind":"\ud800"}""", "", "not Unicode")]
    public async Task What_will_not_do_is_refused_by_name(string body, string path, string message)
    {
        var (status, problem) = await hub.SendAsync("POST", Checks, body);
        status.ShouldBe(HttpStatusCode.BadRequest);
        var found = problem!["problems"]!.AsArray().ShouldHaveSingleItem()!;
        found["path"]!.GetValue<string>().ShouldBe(path);
        found["message"]!.GetValue<string>().ShouldContain(message);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_and_depths_without_end_are_refused_too()
    {
        foreach (var body in (byte[][])[[.. "{\"kind\":\""u8, 0xFF, .. "\"}"u8], Encoding.ASCII.GetBytes(new string('[', 100_000))])
        {
            using var answer = await hub.Http.PostAsync(Checks, new ByteArrayContent(body));
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    public async Task A_check_that_would_not_fit_a_frame_and_a_body_without_end_are_refused()
    {
        (await hub.SendAsync("POST", Checks, $$$"""{"kind":"echo","target":"x:1","set":{"text":"{{{new string('é', 250_000)}}}"}}""")).Status.ShouldBe(HttpStatusCode.BadRequest);
        var (status, problem) = await hub.SendAsync("POST", Checks, new string(' ', 1 << 21));
        (status, problem!["status"]!.GetValue<int>()).ShouldBe((HttpStatusCode.RequestEntityTooLarge, 413));
    }

    [Fact]
    public async Task An_edit_changes_what_it_gives_and_null_takes_entries_away()
    {
        await hub.SendAsync("POST", Checks, """{"id":"a","kind":"echo","target":"x:1","name":"A","set":{"packets":5,"text":"t"},"labels":{"team":"web","tier":"1"}}""");
        var (status, body) = await hub.SendAsync("PATCH", $"{Checks}/a", """{"every":"10s","name":null,"set":{"packets":null,"password":"hunter2"},"labels":{"tier":null,"zone":"b"}}""");
        status.ShouldBe(HttpStatusCode.OK);
        JsonNode.DeepEquals(body!["check"]!["set"], JsonNode.Parse("""{"password":"***","text":"t"}""")).ShouldBeTrue();
        JsonNode.DeepEquals(body["check"]!["labels"], JsonNode.Parse("""{"team":"web","zone":"b"}""")).ShouldBeTrue();
        (body["check"]!["every"]!.GetValue<string>(), body["check"]!["timeout"]!.GetValue<string>(), body["check"]!["name"], body["check"]!["target"]!.GetValue<string>()).ShouldBe(("10s", "5s", null, "x:1"));
    }

    [Theory]
    [InlineData("""{"id":"b"}""", "id")]
    [InlineData("""{"kind":"other"}""", "kind")]
    [InlineData("""{"timeout":"1h"}""", "timeout")]
    [InlineData("""{"set":{"password":"***"}}""", "set.password")]
    public async Task An_edit_that_will_not_do_changes_nothing(string edit, string path)
    {
        await hub.SendAsync("POST", Checks, """{"id":"a","kind":"echo","target":"x:1","set":{"password":"hunter2"}}""");
        var before = await hub.Http.GetStringAsync($"{Checks}/a");
        var (status, problem) = await hub.SendAsync("PATCH", $"{Checks}/a", edit);
        status.ShouldBe(HttpStatusCode.BadRequest);
        Paths(problem).ShouldBe([path]);
        JsonNode.DeepEquals(JsonNode.Parse(before)!["check"], (await hub.SendAsync("GET", $"{Checks}/a")).Body!["check"]).ShouldBeTrue();
        hub.Scalar("SELECT count(*) FROM events").ShouldBe(0L);
    }

    [Theory]
    [InlineData("pause", "paused")]
    [InlineData("pause pause", "paused")]
    [InlineData("pause resume", "active")]
    [InlineData("resume", "active")]
    [InlineData("start", "active")]
    [InlineData("stop", "stopped")]
    [InlineData("stop stop", "stopped")]
    [InlineData("pause stop", "stopped")]
    [InlineData("stop start", "active")]
    [InlineData("stop start start", "active")]
    [InlineData("stop !pause", "stopped")]
    [InlineData("stop !resume", "stopped")]
    [InlineData("pause !start", "paused")]
    public async Task A_check_moves_in_its_life_repeats_change_nothing_and_what_does_not_lead_there_is_refused(string verbs, string lifecycle)
    {
        await hub.AddAsync("a");
        foreach (var verb in verbs.Split(' '))
        {
            var (status, body) = await hub.SendAsync("POST", $"{Checks}/a/{verb.TrimStart('!')}");
            status.ShouldBe(verb.StartsWith('!') ? HttpStatusCode.Conflict : HttpStatusCode.OK);
            if (status == HttpStatusCode.Conflict) Detail(body).ShouldContain(lifecycle == "stopped" ? "vedette check start a" : "vedette check resume a");
        }

        await hub.ReopenAsync();
        (await hub.SendAsync("GET", $"{Checks}/a")).Body!["lifecycle"]!.GetValue<string>().ShouldBe(lifecycle);
    }

    [Fact]
    public async Task A_repeat_leaves_no_trace_and_a_rest_begins_anew()
    {
        await hub.AddAsync("a");
        await using var agent = await TestAgent.JoinAsync(hub.Host);
        await agent.SendAsync(1, Run(Status.Down, 1, key: agent.Key("a")));
        await agent.AcknowledgedAsync(1);
        foreach (var verb in (string[])["resume", "pause", "pause"]) await hub.SendAsync("POST", $"{Checks}/a/{verb}");
        hub.Scalar("SELECT group_concat(detail) FROM events WHERE kind = 'lifecycle'").ShouldBe("pause");
        var (_, paused) = await hub.SendAsync("GET", $"{Checks}/a");
        (paused!["status"]!["status"]!.GetValue<string>(), paused["status"]!["reason"]!.GetValue<string>()).ShouldBe(("unknown", "paused"));
        await hub.SendAsync("POST", $"{Checks}/a/resume");
        (await hub.CheckAsync("a")).Status.Status.ShouldBe(Status.Unknown);
        hub.Scalar("SELECT count(*) FROM standings").ShouldBe(0L);
        (await hub.ResultsAsync("a")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_was_added_edited_moved_and_removed_is_so_after_opening_again()
    {
        foreach (var id in (string[])["a", "b", "c"]) await hub.AddAsync(id);
        await hub.SendAsync("PATCH", $"{Checks}/a", """{"every":"7s","set":{"text":"ü"},"labels":{"team":"web"},"dependsOn":["b"]}""");
        await hub.SendAsync("POST", $"{Checks}/b/pause");
        (await hub.SendAsync("DELETE", $"{Checks}/c")).ShouldBe((HttpStatusCode.NoContent, null));
        var before = await AllAsync();
        await hub.ReopenAsync();
        (await AllAsync()).ShouldBe(before);
        hub.Host.CheckCount.ShouldBe(2);

        async Task<string> AllAsync()
        {
            var (_, all) = await hub.SendAsync("GET", Checks);
            foreach (var check in all!.AsArray()) check!["status"]!["nextRunAt"] = null;
            return all.ToJsonString();
        }
    }

    [Fact]
    public async Task A_former_agents_verdict_is_forgotten_for_good()
    {
        await hub.AddAsync("a", "local", "berlin");
        await using (var berlin = await TestAgent.JoinAsync(hub.Host, "berlin"))
        {
            await berlin.SendAsync(1, Run(Status.Down, 1, "berlin", berlin.Key("a")));
            await berlin.AcknowledgedAsync(1);
        }

        await hub.SendAsync("PATCH", $"{Checks}/a", """{"agents":["local"]}""");
        (await hub.CheckAsync("a")).Status.Status.ShouldBe(Status.Unknown);
        await hub.ReopenAsync();
        (await hub.CheckAsync("a")).Status.Agents.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_unknown_id_is_answered_with_the_nearest()
    {
        foreach (var (method, path) in ((string, string)[])[("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/pause"), ("POST", "/start"), ("GET", "/results")])
            Detail((await hub.SendAsync(method, $"{Checks}/gatway{path}", method == "PATCH" ? "{}" : null)).Body).ShouldContain("nor any other");
        await hub.AddAsync("gateway");
        foreach (var (method, path) in ((string, string)[])[("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/pause"), ("POST", "/start"), ("GET", "/results")])
        {
            var (status, problem) = await hub.SendAsync(method, $"{Checks}/gatway{path}", method == "PATCH" ? "{}" : null);
            status.ShouldBe(HttpStatusCode.NotFound);
            Detail(problem).ShouldBe("there is no check 'gatway'; did you mean 'gateway'?");
        }

        Detail((await hub.SendAsync("GET", $"{Checks}/{new string('x', 5000)}")).Body).ShouldContain("vedette check list");
    }

    [Fact]
    public async Task What_cannot_be_stored_is_answered_as_that_and_is_not_there()
    {
        await hub.AddAsync("a");
        hub.Behind("CREATE TRIGGER full BEFORE INSERT ON checks BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END");
        var (status, problem) = await hub.SendAsync("POST", Checks, """{"id":"b","kind":"echo","target":"x:1"}""");
        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        Detail(problem).ShouldContain("database or disk is full");
        hub.Host.CheckCount.ShouldBe(1);
        hub.Behind("DROP TRIGGER full");
        (await hub.SendAsync("POST", Checks, """{"id":"b","kind":"echo","target":"x:1"}""")).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_secret_comes_out_nowhere()
    {
        using var stream = await hub.Http.GetStreamAsync("/api/v1/stream", TestContext.Current.CancellationToken);
        var said = new StringBuilder();
        async Task SayAsync(string method, string path, string? body = null) => said.Append((await hub.SendAsync(method, path, body)).Body?.ToJsonString());
        await SayAsync("POST", Checks, """{"id":"a","kind":"echo","target":"x:1","set":{"password":"hunter2"}}""");
        await SayAsync("POST", Checks, """{"id":"a","kind":"echo","target":"x:1","set":{"password":"hunter2"}}""");
        await SayAsync("POST", Checks, """{"id":"b","kind":"echo","target":"x","set":{"password":"hunter2"}}""");
        await SayAsync("PATCH", $"{Checks}/a", """{"set":{"password":"hunter2","text":"x"}}""");
        foreach (var verb in (string[])["pause", "resume", "stop", "start"]) await SayAsync("POST", $"{Checks}/a/{verb}");
        await SayAsync("GET", Checks);
        await SayAsync("GET", $"{Checks}/a");
        await SayAsync("GET", "/openapi/v1.json");
        said.Append(await hub.Http.GetStringAsync("/metrics"));
        await SayAsync("DELETE", $"{Checks}/a");
        using var reader = new StreamReader(stream);
        string line;
        do said.Append(line = (await reader.ReadLineAsync(TestContext.Current.CancellationToken))!);
        while (line != "event: removed");
        said.ToString().ShouldContain("***");
        said.ToString().ShouldNotContain("hunter2");
    }

    private async Task<IReadOnlyList<WatchedCheck>> ListAsync(string query) => JsonSerializer.Deserialize(await hub.Http.GetStringAsync(Checks + query), ApiJson.Readable.IReadOnlyListWatchedCheck)!;

    private static string Detail(JsonNode? problem) => problem!["detail"]!.GetValue<string>();

    private static IEnumerable<string> Paths(JsonNode? problem) => problem!["problems"]!.AsArray().Select(found => found!["path"]!.GetValue<string>());
}
