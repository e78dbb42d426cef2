using System.Collections.Immutable;
using System.Text.Json;
using Vedette.Tests.Kinds;

namespace Vedette.Tests.Checks;

public sealed class CheckRulesTests
{
    private static readonly CheckRules Rules = new(SampleKind.Catalogue);

    [Fact]
    public void A_draft_with_kind_and_target_gets_every_default()
    {
        var check = Create("""{"kind":"echo","target":"example.org:7"}""", out var problems);

        problems.Found.ShouldBeEmpty();
        check!.Interval.ShouldBe(TimeSpan.FromSeconds(30));
        check.Timeout.ShouldBe(TimeSpan.FromSeconds(5));
        (check.FailAfter, check.RecoverAfter, check.DownWhen).ShouldBe((2, 1, "majority"));
        check.Agents.ShouldBe(["local"]);
        check.Id.ShouldBe("echo-example.org-7");
    }

    [Fact]
    public void A_made_id_steps_aside_for_taken_ones()
    {
        var taken = new HashSet<string> { "echo-a-7", "echo-a-7-2" };
        Rules.Create(new CheckDraft { Kind = "echo", Target = "a:7" }, taken.Contains, new Problems())!.Id.ShouldBe("echo-a-7-3");
    }

    [Fact]
    public void The_timeout_is_never_longer_than_the_interval_unless_somebody_asks_and_then_it_is_refused()
    {
        Create("""{"kind":"echo","target":"a:7","every":"2s"}""", out _)!.Timeout.ShouldBe(TimeSpan.FromSeconds(2));
        Create("""{"kind":"echo","target":"a:7","every":"2s","timeout":"3s"}""", out var problems).ShouldBeNull();
        problems.Found.Single().Path.ShouldBe("timeout");
    }

    [Fact]
    public void Without_a_kind_or_a_target_everything_else_that_is_wrong_is_told_too()
    {
        Create("""{"kind":"ecko","every":"1ms","failAfter":0,"labels":{"a b":"c"}}""", out var problems).ShouldBeNull();
        problems.Found.Select(problem => problem.Path).ShouldBe(["kind", "target", "every", "failAfter", "labels.a b"], ignoreOrder: true);
        Create("""{"kind":"echo","id":"a b","set":{"pakets":1}}""", out problems).ShouldBeNull();
        problems.Found.Select(problem => problem.Path).ShouldBe(["target", "id", "set.pakets"], ignoreOrder: true);
        Create("""{"kind":"echo","target":""}""", out problems).ShouldBeNull();
        problems.Found.ShouldHaveSingleItem().Path.ShouldBe("target");
    }

    [Fact]
    public void A_number_where_a_text_belongs_is_the_text_it_is_written_as() =>
        Create("""{"kind":"echo","target":"a:7","id":100,"name":1.10}""", out _).ShouldSatisfyAllConditions(check => check!.Id.ShouldBe("100"), check => check!.Name.ShouldBe("1.10"));

    [Fact]
    public void All_mistakes_are_reported_together_with_the_nearest_known_word()
    {
        Create("""{"kind":"echo","target":"a","evry":"2s","set":{"packts":3,"gap":"fast","tls":"maybe","family":5,"packets":0},"assert":["reply"],"failAfter":0,"labels":{"a b":"x"},"downWhen":"some"}""", out var problems)
            .ShouldBeNull();

        var text = string.Join('\n', problems.Found);
        text.ShouldContain("evry: is not a key of a check; did you mean 'every'?");
        text.ShouldContain("did you mean 'packets'?");
        foreach (var path in new[] { "target", "set.gap", "set.tls", "set.family", "set.packets", "assert[0]", "failAfter", "labels.a b", "downWhen" })
            problems.Found.ShouldContain(p => p.Path == path, path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("a\n")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public void An_id_that_is_no_file_name_is_refused(string id)
    {
        var problems = new Problems();
        Rules.Create(new CheckDraft { Id = id, Kind = "echo", Target = "a:7" }, _ => false, problems).ShouldBeNull();
        problems.Found.Single().Path.ShouldBe("id");
    }

    [Fact]
    public void An_edit_changes_only_what_it_names()
    {
        var check = Create("""{"id":"x","kind":"echo","target":"a:7","set":{"packets":5,"header":["A: 1","B: 2"]},"labels":{"team":"web"}}""", out _)!;
        var edited = Edit(check, """{"every":"10s","set":{"packets":null,"gap":"1ms"},"labels":{"site":"eu"}}""");

        edited!.Interval.ShouldBe(TimeSpan.FromSeconds(10));
        edited.Parameters["packets"].ShouldBeEmpty();
        edited.Parameters["gap"].ShouldBe(["1ms"]);
        edited.Parameters["header"].ShouldBe(["A: 1", "B: 2"]);
        edited.Labels.Select(l => l.Key).ShouldBe(["site", "team"]);
        Edit(check, "{}").ShouldBe(check);
    }

    [Fact]
    public void Id_and_kind_never_change()
    {
        var check = Create("""{"id":"x","kind":"echo","target":"a:7"}""", out _)!;
        var problems = new Problems();
        Rules.Edit(new CheckDraft { Id = "y", Kind = "ping" }, check, problems).ShouldBeNull();
        problems.Found.Select(p => p.Path).ShouldBe(["id", "kind"]);
    }

    [Fact]
    public void A_check_written_as_json_and_read_again_is_equal()
    {
        var check = Create("""{"id":"x","kind":"echo","target":"[::1]:7","name":"n","every":"1.5s","timeout":"20ms","set":{"header":["A: 1","B: 2"],"tls":true},"assert":["reply < 5ms"],"labels":{"b":"2","a":"1"}}""", out var problems)!;
        problems.Found.ShouldBeEmpty();
        var again = JsonSerializer.Deserialize(JsonSerializer.Serialize(check, ApiJson.Readable.Check), ApiJson.Readable.Check);
        again.ShouldBe(check);
    }

    [Fact]
    public void Secrets_are_masked_and_nothing_else_is()
    {
        var parameters = Parameters.Empty.With("password", "hunter2").With("gap", "1s");
        var masked = SampleKind.Kind.Mask(parameters);
        masked["password"].ShouldBe(ImmutableArray.Create("***"));
        masked["gap"].ShouldBe(ImmutableArray.Create("1s"));
    }

    private static Check? Create(string json, out Problems problems)
    {
        problems = new Problems();
        using var document = JsonDocument.Parse(json);
        return Rules.Create(CheckDraftReader.Read(document.RootElement, problems), _ => false, problems);
    }

    private static Check? Edit(Check check, string json)
    {
        var problems = new Problems();
        using var document = JsonDocument.Parse(json);
        return Rules.Edit(CheckDraftReader.Read(document.RootElement, problems), check, problems);
    }
}
