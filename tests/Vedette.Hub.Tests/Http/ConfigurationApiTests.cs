using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vedette.Hub.Tests.Http;

public sealed class ConfigurationApiTests : IAsyncLifetime
{
    private const string Two = """{"checks":[{"id":"a","kind":"echo","target":"example.org:7","every":"5s","labels":{"team":"web"}},{"id":"b","kind":"echo","target":"example.org:8"}]}""";

    private RunningHub hub = null!;

    public async ValueTask InitializeAsync() => hub = await RunningHub.StartAsync();

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    [Fact]
    public async Task Applied_checks_are_there_belong_to_their_owner_and_applying_again_changes_nothing()
    {
        await using var agent = await TestAgent.JoinAsync(hub.Host);
        var applied = await ApplyAsync(Two);
        (applied.Owner, applied.Plan, applied.Added, applied.Changed, applied.Removed, applied.Kept, applied.Unchanged).ShouldBe(("checks.yaml", false, 2, 0, 0, 0, 0));
        applied.Steps.Select(step => (step.Id, step.Action, step.Kind, step.Target)).ShouldBe([("a", StepAction.Add, "echo", "example.org:7"), ("b", StepAction.Add, "echo", "example.org:8")]);
        await agent.HearAsync(Wire.HubFrame.BodyOneofCase.Assignment);
        (agent.Runs("a"), agent.Runs("b")).ShouldBe((true, true));
        var check = await hub.CheckAsync("a");
        (check.Owner, check.Lifecycle, check.Check.Interval).ShouldBe(("checks.yaml", Lifecycle.Active, TimeSpan.FromSeconds(5)));
        var again = await ApplyAsync(Two);
        (again.Unchanged, again.Steps.Count).ShouldBe((2, 0));
        await hub.ReopenAsync();
        (await ApplyAsync(Two)).Unchanged.ShouldBe(2);
        hub.Scalar("SELECT count(*) FROM events").ShouldBe(0L);
    }

    [Fact]
    public async Task What_a_check_leaves_out_gets_its_default()
    {
        await ApplyAsync("""{"checks":[{"id":"a","kind":"echo","target":"x:1","every":"5s","timeout":"1s","name":"A","set":{"packets":5},"assert":["connect < 1s"],"failAfter":3,"labels":{"team":"web"}}]}""");
        var applied = await ApplyAsync("""{"checks":[{"id":"a","kind":"echo","target":"x:2"}]}""");
        applied.Steps.ShouldHaveSingleItem().Changes.ShouldBe(
        [
            new("target", "x:1", "x:2"), new("name", "A", null), new("every", "5s", "30s"), new("timeout", "1s", "5s"), new("set.packets", "5", null), new("assert", "connect < 1s", null), new("failAfter", "3", "2"), new("labels.team", "web", null),
        ]);
        (await hub.CheckAsync("a")).Check.ShouldBe(Samples.Check("a") with { Target = "x:2" });
    }

    [Fact]
    public async Task A_plan_says_the_same_and_does_nothing()
    {
        await ApplyAsync(Two);
        var other = """{"checks":[{"id":"a","kind":"echo","target":"example.org:9","every":"5s","labels":{"team":"web"}},{"id":"c","kind":"echo","target":"x:1"}]}""";
        var plan = await ApplyAsync(other, "&plan=true&prune=true");
        (plan.Plan, plan.Added, plan.Changed, plan.Removed).ShouldBe((true, 1, 1, 1));
        (await hub.CheckAsync("a")).Check.Target.ShouldBe("example.org:7");
        var done = await ApplyAsync(other, "&prune=true");
        (done with { Plan = true, Steps = plan.Steps }).ShouldBe(plan);
        done.Steps.Select(step => (step.Id, step.Action)).ShouldBe(plan.Steps.Select(step => (step.Id, step.Action)));
    }

    [Fact]
    public async Task Only_prune_removes_and_only_what_is_of_the_same_owner()
    {
        await ApplyAsync(Two);
        await ApplyAsync("""{"checks":[{"id":"c","kind":"echo","target":"x:1"}]}""", owner: "other.yaml");
        await hub.AddAsync("d");
        await using var agent = await TestAgent.JoinAsync(hub.Host);
        var key = agent.Key("b");
        var one = """{"checks":[{"id":"a","kind":"echo","target":"example.org:7","every":"5s","labels":{"team":"web"}}]}""";
        var kept = (await ApplyAsync(one)).Steps.ShouldHaveSingleItem();
        (kept.Id, kept.Action, kept.Target).ShouldBe(("b", StepAction.Keep, "example.org:8"));
        (await IdsAsync()).ShouldBe(["a", "b", "c", "d"]);
        (await ApplyAsync(one, "&prune=true")).Removed.ShouldBe(1);
        (await IdsAsync()).ShouldBe(["a", "c", "d"]);
        await agent.HearAsync(Wire.HubFrame.BodyOneofCase.Assignment);
        agent.Removed.ShouldContain(key);
    }

    [Fact]
    public async Task A_file_and_a_hand_leave_the_same_traces()
    {
        const string One = """{"checks":[{"id":"a","kind":"echo","target":"x:1","lifecycle":"LIFE","labels":{"team":"TEAM"}}]}""";
        await hub.AddAsync("b");
        await ApplyAsync(One.Replace("LIFE", "active", StringComparison.Ordinal));
        await ApplyAsync(One.Replace("LIFE", "paused", StringComparison.Ordinal));
        await ApplyAsync(One.Replace("LIFE", "paused", StringComparison.Ordinal).Replace("TEAM", "web", StringComparison.Ordinal));
        await ApplyAsync(One.Replace("LIFE", "active", StringComparison.Ordinal).Replace("TEAM", "web", StringComparison.Ordinal));
        await hub.SendAsync("POST", "/api/v1/checks/b/pause");
        await hub.SendAsync("PATCH", "/api/v1/checks/b", """{"labels":{"team":"web"}}""");
        await hub.SendAsync("POST", "/api/v1/checks/b/resume");
        Traces("a").ShouldBe("lifecycle: pause, edited: applied from checks.yaml, lifecycle: resume");
        Traces("b").ShouldBe("lifecycle: pause, edited: edited, lifecycle: resume");

        string Traces(string id) => (string)hub.Scalar($"SELECT group_concat(kind || ': ' || detail, ', ') FROM (SELECT kind, detail FROM events WHERE check_key = (SELECT key FROM checks WHERE id = '{id}') ORDER BY id)")!;
    }

    [Fact]
    public async Task A_label_does_not_write_again_how_a_check_stands()
    {
        await hub.AddAsync("a");
        await using var agent = await TestAgent.JoinAsync(hub.Host);
        await agent.SendAsync(1, Samples.Run(Status.Down, key: agent.Key("a")));
        await agent.AcknowledgedAsync(1);
        hub.Behind("CREATE TRIGGER again BEFORE DELETE ON standings BEGIN SELECT RAISE(ABORT, 'again'); END");
        (await hub.SendAsync("PATCH", "/api/v1/checks/a", """{"labels":{"team":"web"}}""")).Status.ShouldBe(HttpStatusCode.OK);
        (await ApplyAsync("""{"checks":[{"id":"a","kind":"echo","target":"example.org:7","failAfter":1,"labels":{"team":"dns"}}]}""")).Changed.ShouldBe(1);
        (await hub.CheckAsync("a")).Status.Status.ShouldBe(Status.Down);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"checks":null}""")]
    public async Task Nothing_at_all_does_not_prune_but_an_empty_list_does(string nothing)
    {
        await ApplyAsync(Two);
        var (status, problem) = await SendAsync(nothing, "&prune=true");
        (status, problem!["problems"]![0]!["path"]!.GetValue<string>()).ShouldBe((HttpStatusCode.BadRequest, "checks"));
        (await IdsAsync()).ShouldBe(["a", "b"]);
        (await ApplyAsync("""{"checks":[]}""", "&prune=true")).Removed.ShouldBe(2);
    }

    [Fact]
    public async Task One_mistake_keeps_everything_from_being_done_and_each_is_told_with_its_path()
    {
        await hub.AddAsync("a");
        var (status, problem) = await SendAsync("""{"checks":[{"id":"a","kind":"echo","target":"y:1"},{"id":"n","kind":"echo","target":"x","set":{"pakets":1}},{"kind":"echo","target":"x:1"},{"id":"n","kind":"echo","target":"x:1","evry":1}]}""");
        status.ShouldBe(HttpStatusCode.BadRequest);
        Paths(problem).ShouldBe(["checks[1].target", "checks[1].set.pakets", "checks[2].id", "checks[3].id", "checks[3].evry"], ignoreOrder: true);
        (await IdsAsync()).ShouldBe(["a"]);
        (await hub.CheckAsync("a")).Check.Target.ShouldBe("example.org:7");
    }

    [Fact]
    public async Task A_check_made_by_hand_is_adopted_and_keeps_its_history_and_its_life()
    {
        await hub.SendAsync("POST", "/api/v1/checks", """{"id":"a","kind":"echo","target":"example.org:7","every":"5s","labels":{"team":"web"}}""");
        await hub.SendAsync("POST", "/api/v1/checks/a/pause");
        var key = hub.Scalar("SELECT key FROM checks WHERE id = 'a'");
        (await ApplyAsync(Two)).Steps[0].Changes.ShouldBe([new("owner", null, "checks.yaml")]);
        hub.Scalar("SELECT key FROM checks WHERE id = 'a'").ShouldBe(key);
        ((await hub.CheckAsync("a")).Lifecycle, (await hub.CheckAsync("a")).Owner).ShouldBe((Lifecycle.Paused, "checks.yaml"));
    }

    [Fact]
    public async Task The_checks_of_another_owner_are_a_conflict_that_says_whose_they_are()
    {
        await ApplyAsync(Two);
        var (status, problem) = await SendAsync("""{"checks":[{"id":"c","kind":"echo","target":"x:1"},{"id":"b","kind":"echo","target":"x:1"}]}""", owner: "other.yaml");
        status.ShouldBe(HttpStatusCode.Conflict);
        Paths(problem).ShouldBe(["checks[1]"]);
        problem!["detail"]!.GetValue<string>().ShouldContain("'b' belongs to checks.yaml; take it out there");
        (await IdsAsync()).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task What_a_file_owns_is_changed_and_removed_there_only_but_led_through_its_life_by_hand()
    {
        await ApplyAsync(Two);
        var (edited, edit) = await hub.SendAsync("PATCH", "/api/v1/checks/a", """{"every":"7s"}""");
        (edited, edit!["detail"]!.GetValue<string>()).ShouldBe((HttpStatusCode.Conflict, "'a' belongs to checks.yaml; change it there, and apply that"));
        var (removed, remove) = await hub.SendAsync("DELETE", "/api/v1/checks/a");
        (removed, remove!["detail"]!.GetValue<string>()).ShouldBe((HttpStatusCode.Conflict, "'a' belongs to checks.yaml; take it out there, and apply that with --prune"));
        foreach (var (verb, lifecycle) in new[] { ("pause", Lifecycle.Paused), ("resume", Lifecycle.Active), ("stop", Lifecycle.Stopped), ("start", Lifecycle.Active) })
        {
            (await hub.SendAsync("POST", $"/api/v1/checks/a/{verb}")).Status.ShouldBe(HttpStatusCode.OK);
            (await ApplyAsync(Two)).Unchanged.ShouldBe(2);
            (await hub.CheckAsync("a")).Lifecycle.ShouldBe(lifecycle);
        }
    }

    [Fact]
    public async Task A_life_that_is_given_is_led_there()
    {
        await using var agent = await TestAgent.JoinAsync(hub.Host);
        foreach (var lifecycle in new[] { "paused", "stopped", "active" })
        {
            await ApplyAsync($$"""{"checks":[{"id":"a","kind":"echo","target":"x:1","lifecycle":"{{lifecycle}}"}]}""");
            (await hub.CheckAsync("a")).Lifecycle.ToString().ToLowerInvariant().ShouldBe(lifecycle);
            await agent.HearAsync(Wire.HubFrame.BodyOneofCase.Assignment);
            agent.Runs("a").ShouldBe(lifecycle == "active");
        }
    }

    [Fact]
    public async Task A_mask_where_nothing_is_stored_is_a_problem() =>
        await RefusesAsync("""{"checks":[{"id":"a","kind":"echo","target":"x:1","set":{"password":"***"}}]}""", "checks[0].set.password", "none is stored here");

    [Fact]
    public async Task A_mask_and_a_source_without_value_keep_what_is_stored()
    {
        await ApplyAsync("""{"checks":[{"id":"a","kind":"echo","target":"x:1","set":{"password":"clear"}},{"id":"b","kind":"echo","target":"x:1","set":{"password":{"value":"taken","env":"NAME"},"text":[{"value":"t","file":"x"}]}}]}""");
        hub.Scalar("SELECT secrets FROM checks WHERE id = 'b'").ShouldBe("""{"password[0]":"env:NAME"}""");
        var (_, export) = await hub.SendAsync("GET", "/api/v1/export");
        export!.ToJsonString().ShouldBe("""{"checks":[{"id":"a","kind":"echo","target":"x:1","every":"30s","set":{"password":"***"}},{"id":"b","kind":"echo","target":"x:1","every":"30s","set":{"password":{"env":"NAME"},"text":"t"}}]}""");
        (await ApplyAsync(export.ToJsonString())).Unchanged.ShouldBe(2);
        hub.Scalar("SELECT definition FROM checks WHERE id = 'a'")!.ToString()!.ShouldContain("clear");
        var changed = await ApplyAsync("""{"checks":[{"id":"a","kind":"echo","target":"x:1","set":{"password":"other"}},{"id":"b","kind":"echo","target":"x:1","set":{"password":{"value":"other","env":"NAME"},"text":"t"}}]}""");
        changed.Steps.Select(step => step.Changes.Single()).ShouldBe([new("set.password", "***", "***"), new("set.password", "env:NAME", "env:NAME")]);
        await RefusesAsync("""{"checks":[{"id":"b","kind":"echo","target":"x:1","set":{"password":{"env":"PATH"}}}]}""", "checks[0].set.password", "is to be taken from env:PATH, which the hub does not do for others");
    }

    [Theory]
    [InlineData("""{"checks":[{"id":"n","kind":"echo","target":"x:1","set":{"text":{"file":"/etc/passwd"}}}]}""", "checks[0].set.text", "is to be taken from file:/etc/passwd, which the hub does not do for others")]
    [InlineData("""{"checks":[{"id":"n","kind":"echo","target":"x:1","set":{"password":{"file":"/etc/passwd"}}}]}""", "checks[0].set.password", "is to be taken from file:/etc/passwd, which the hub does not do for others")]
    [InlineData("""{"checks":[{"id":"n","kind":"echo","target":{"file":"/etc/passwd"}}]}""", "checks[0].target", "must be a text")]
    [InlineData("""{"checks":[{"id":"n","kind":"echo","target":"x:1","set":{"text":{"fiel":"x"}}}]}""", "checks[0].set.text", "is a map; give a text, { env: NAME } or { file: PATH }")]
    [InlineData("""{"checks":[],"storage":{"keep":"24h"}}""", "storage", "vedette up --config FILE")]
    [InlineData("""{"checks":[],"checks":[]}""", "", "is not JSON")]
    [InlineData("""{"checks":[{"id":"\ud800"}]}""", "", "not Unicode")]
    [InlineData("checks: []", "", "is not JSON")]
    [InlineData("""{"alerts":[]}""", "alerts", "is not in this version")]
    public async Task What_will_not_do_is_refused_by_name(string body, string path, string message) => await RefusesAsync(body, path, message);

    [Theory]
    [InlineData("", "owner")]
    [InlineData("?owner=", "owner")]
    [InlineData("?owner=a%0Ab", "owner")]
    [InlineData("?owner=a&plan=yes", "plan")]
    [InlineData("?owner=a&purne=true", "purne")]
    public async Task What_is_asked_wrongly_is_refused(string query, string path)
    {
        var (status, problem) = await hub.SendAsync("POST", "/api/v1/apply" + query, Two);
        status.ShouldBe(HttpStatusCode.BadRequest);
        Paths(problem).ShouldBe([path]);
        (await IdsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Ten_thousand_checks_are_one_change()
    {
        await using var agent = await TestAgent.JoinAsync(hub.Host);
        var many = new StringBuilder("{\"checks\":[");
        for (var i = 0; i < 10_000; i++) many.Append(i == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $$"""{"id":"c{{i}}","kind":"echo","target":"example.org:7","name":"{{new string('x', 150)}}"}""");
        many.Append("]}");
        many.Length.ShouldBeGreaterThan(1 << 20, "more than any other body may be");
        var applied = await ApplyAsync(many.ToString());
        applied.Added.ShouldBe(10_000);
        await agent.HearAsync(Wire.HubFrame.BodyOneofCase.Assignment);
        while (!agent.Runs("c9999")) await agent.HearAsync(Wire.HubFrame.BodyOneofCase.Assignment);
        (await ApplyAsync(many.ToString())).Unchanged.ShouldBe(10_000);
        (await ApplyAsync("""{"checks":[]}""", "&prune=true")).Removed.ShouldBe(10_000);
    }

    [Fact]
    public async Task A_body_without_end_is_refused()
    {
        var (status, _) = await SendAsync("{\"checks\":[" + new string(' ', 33 << 20) + "]}");
        status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task An_export_is_of_one_owner_or_of_all()
    {
        await ApplyAsync(Two);
        await hub.AddAsync("c");
        (await ExportedAsync("")).ShouldBe(["a", "b", "c"]);
        (await ExportedAsync("?owner=checks.yaml")).ShouldBe(["a", "b"]);
        (await ExportedAsync("?owner=none")).ShouldBeEmpty();
        (await hub.SendAsync("GET", "/api/v1/export?ownr=x")).Status.ShouldBe(HttpStatusCode.BadRequest);

        async Task<IEnumerable<string>> ExportedAsync(string query) =>
            (await hub.SendAsync("GET", "/api/v1/export" + query)).Body!["checks"]!.AsArray().Select(check => check!["id"]!.GetValue<string>());
    }

    private static IEnumerable<string> Paths(JsonNode? problem) => problem!["problems"]!.AsArray().Select(found => found!["path"]!.GetValue<string>());

    private async Task<IEnumerable<string>> IdsAsync() => (await hub.SendAsync("GET", "/api/v1/checks")).Body!.AsArray().Select(check => check!["check"]!["id"]!.GetValue<string>());

    private Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(string body, string query = "", string owner = "checks.yaml") => hub.SendAsync("POST", $"/api/v1/apply?owner={owner}{query}", body);

    private async Task<AppliedConfiguration> ApplyAsync(string body, string query = "", string owner = "checks.yaml")
    {
        var (status, answer) = await SendAsync(body, query, owner);
        status.ShouldBe(HttpStatusCode.OK, answer?.ToJsonString());
        return answer.Deserialize(ApiJson.Readable.AppliedConfiguration)!;
    }

    private async Task RefusesAsync(string body, string path, string message)
    {
        var (status, problem) = await SendAsync(body);
        status.ShouldBe(HttpStatusCode.BadRequest);
        var found = problem!["problems"]!.AsArray().ShouldHaveSingleItem()!;
        found["path"]!.GetValue<string>().ShouldBe(path);
        found["message"]!.GetValue<string>().ShouldContain(message);
    }
}
