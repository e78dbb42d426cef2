using System.Text;
using System.Text.Json;
using Vedette.Probes;

namespace Vedette.Cli.Tests.Verbs;

[Collection(nameof(Console))]
public sealed class ApplyVerbTests : IAsyncLifetime
{
    private const string Three = """
        checks:
          - id: web
            kind: http
            target: http://127.0.0.1:9/
            every: 1h
            set: { bearer: { env: VEDETTE_TEST_BEARER }, header: [ "X-A: clear" ] }
            lifecycle: paused
          - { id: "0100", kind: tcp, target: 127.0.0.1:9, every: 1h, lifecycle: paused }
          - { id: dns-a, kind: dns, target: example.org, every: 1h, lifecycle: paused }
        """;

    private readonly string directory = Directory.CreateTempSubdirectory("vedette-apply-").FullName;
    private WatchingHub hub = null!;

    private string File => Path.Combine(directory, "checks.yaml");

    public async ValueTask InitializeAsync()
    {
        Environment.SetEnvironmentVariable("VEDETTE_TEST_BEARER", "s3cret");
        hub = await WatchingHub.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await hub.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_plan_is_shown_and_does_nothing_then_it_is_done_and_done_again_changes_nothing()
    {
        (await ApplyAsync(Three, "--plan")).ShouldBe((0, "+ 0100   tcp 127.0.0.1:9\n+ dns-a  dns example.org\n+ web    http http://127.0.0.1:9/\nchecks.yaml: 3 added if it is applied; nothing was done yet\n", ""));
        (await hub.AskAsync("check", "list")).Output.ShouldContain("no checks yet");
        (await ApplyAsync(Three)).Output.ShouldEndWith("checks.yaml: 3 added\n");
        (await ApplyAsync(Three)).ShouldBe((0, "= 3 unchanged\nchecks.yaml: nothing to do\n", ""));
    }

    [Fact]
    public async Task What_changes_is_told_value_by_value()
    {
        await ApplyAsync(Three);
        await hub.AskAsync("check", "add", "tcp", "127.0.0.1:9", "--id", "old", "--every", "1h");
        Environment.SetEnvironmentVariable("VEDETTE_TEST_BEARER", "another");
        var other = Three.Replace("example.org, every: 1h", "example.org, every: 2h, labels: { team: web }", StringComparison.Ordinal).Replace("  - { id: \"0100\", kind: tcp,", "  - { id: old, kind: tcp,", StringComparison.Ordinal);
        (await ApplyAsync(other, "--plan")).Output.ShouldBe("""
            - 0100   (only with --prune)
            ~ dns-a  every: 1h → 2h, labels.team: – → web
            ~ old    lifecycle: active → paused, owner: – → checks.yaml
            ~ web    set.bearer: env:VEDETTE_TEST_BEARER (another value)
            checks.yaml: 3 changed if it is applied; nothing was done yet

            """);
        (await ApplyAsync(other, "--prune")).Output.ShouldBe("""
            - 0100   tcp 127.0.0.1:9, with its history
            ~ dns-a  every: 1h → 2h, labels.team: – → web
            ~ old    lifecycle: active → paused, owner: – → checks.yaml
            ~ web    set.bearer: env:VEDETTE_TEST_BEARER (another value)
            checks.yaml: 3 changed, 1 removed

            """);
        (await hub.AskAsync("check", "show", "old")).Output.ShouldContain("owner          checks.yaml\n");
        (await hub.AskAsync("check", "edit", "old", "--every", "3s")).ShouldBe((1, "", "vedette: 'old' belongs to checks.yaml; change it there, and apply that\n"));
    }

    [Fact]
    public async Task Problems_are_lines_with_places_whoever_finds_them()
    {
        var (exitCode, output, errors) = await ApplyAsync("checks:\n  - id: a\n    kind: tpc\n    evry: 5s\n    target: \"x\\e[31m\"\n");
        (exitCode, output).ShouldBe((64, ""));
        errors.ShouldBe($"{File}:3:5: checks[0].kind: 'tpc' is not known; did you mean 'tcp'?\n{File}:4:5: checks[0].evry: is not a key of a check; did you mean 'every'?\n");
        await ApplyAsync(Three);
        (await ApplyAsync(Three, "--as", "other")).ShouldBe((1, "", string.Concat(new[] { ("2:5", 0, "web"), ("8:5", 1, "0100"), ("9:5", 2, "dns-a") }.Select(one =>
            $"{File}:{one.Item1}: checks[{one.Item2}]: '{one.Item3}' belongs to checks.yaml; take it out there and apply that with --prune, or apply this in its place with --as checks.yaml\n"))));
        (await ApplyAsync(Three.Replace("{ env: VEDETTE_TEST_BEARER }", "'***'", StringComparison.Ordinal))).ExitCode.ShouldBe(0);
        (await ApplyAsync("checks:\n  - { id: new, kind: http, target: 'http://x/', set: { bearer: '***' } }\n")).Errors.ShouldStartWith($"{File}:2:56: checks[0].set.bearer: '***' stands for a secret that is stored");
        (await ApplyAsync(Three.Replace("kind: dns, target: example.org", "kind: tcp, target: 'x:1'", StringComparison.Ordinal))).ShouldBe((64, "", $"{File}:9:18: checks[2].kind: is dns and cannot be changed; remove the check first, or give this one another id\n"));
        (await ApplyAsync("", "--prune")).ShouldBe((64, "", $"{File}:1:1: checks: is missing, which with prune would remove every check of this owner; write 'checks: []' to do that\n"));
        (await ApplyAsync("a: \"\\e[31m\"\nchecks:\n  - \"\\e[31m\": x\n    id: a\n")).Errors.ShouldNotContain('\e');
    }

    [Theory]
    [InlineData(64, "the owner is 1 to 128 characters", "-f", "/dev/null", "--as", "")]
    [InlineData(64, "--as: what comes from standard input has no name", "-f", "-")]
    [InlineData(64, "none.yaml:1:1: is not there", "-f", "none.yaml")]
    [InlineData(64, "--file", "--plan")]
    public async Task What_is_asked_wrongly_is_refused(int code, string says, params string[] arguments)
    {
        var (exitCode, output, errors) = await hub.AskAsync(["apply", .. arguments]);
        (exitCode, output).ShouldBe((code, ""));
        errors.ShouldContain(says);
    }

    [Fact]
    public async Task As_JSON_it_is_one_object()
    {
        var (exitCode, output, _) = await ApplyAsync(Three, "--json");
        exitCode.ShouldBe(0);
        var applied = JsonSerializer.Deserialize(output, ApiJson.Readable.AppliedConfiguration)!;
        (applied.Owner, applied.Added, applied.Steps.Count).ShouldBe(("checks.yaml", 3, 3));
        output.TrimEnd('\n').ShouldNotContain('\n');
    }

    [Fact]
    public async Task Every_kind_with_every_option_and_key_comes_back_from_an_export_as_YAML_and_as_JSON_and_applying_it_changes_nothing()
    {
        await System.IO.File.WriteAllTextAsync(File, Everything());
        (await hub.AskAsync("apply", "-f", File)).ShouldBe((0, $"{string.Concat(ProbeSet.Catalogue.OrderBy(kind => kind.Kind, StringComparer.Ordinal).Select(kind => $"+ {kind.Kind.PadRight(10)}  {kind.Kind} {Target(kind)}\n"))}checks.yaml: {ProbeSet.Catalogue.Count} added\n", ""));
        var before = await ChecksAsync();
        before.ShouldAllBe(check => ProbeSet.Catalogue.Find(check.Check.Kind)!.Options.All(option => check.Check.Parameters[option.Name].Length > 0));
        foreach (var format in new[] { "yaml", "json" })
        {
            var export = (await hub.AskAsync("export", "--owner", "checks.yaml", "--format", format)).Output;
            export.ShouldNotContain("s3cret");
            export.ShouldContain("VEDETTE_TEST_BEARER");
            var path = Path.Combine(directory, $"export.{format}");
            await System.IO.File.WriteAllTextAsync(path, export);
            (await hub.AskAsync("apply", "-f", path, "--as", "checks.yaml", "--prune")).ShouldBe((0, $"= {before.Count} unchanged\nchecks.yaml: nothing to do\n", ""));
        }

        (await ChecksAsync()).Select(check => check.Check).ShouldBe(before.Select(check => check.Check));
        (await hub.AskAsync("export", "--json")).ShouldBe(await hub.AskAsync("export", "--format", "json"));
        (await hub.AskAsync("export", "--format", "xml")).ShouldBe((64, "", "vedette: --format: 'xml' is not a format; known are: yaml, json\n"));
    }

    private static string Target(KindDescriptor kind) => new[] { "127.0.0.1", "127.0.0.1:9", "http://127.0.0.1:9/", "example.org" }.First(target => kind.RefuseTarget(target) is null);

    // What the descriptors say there is, so that a kind that comes later is in it too.
    private static string Everything()
    {
        string[] tries = ["a: b", "word", "/path", "200", "1", "A", "NOERROR", "GET", "127.0.0.1", "1.1", "h2", "$.a == 1", "0x00"];
        var text = new StringBuilder("checks:\n");
        foreach (var kind in ProbeSet.Catalogue)
        {
            text.Append("  - id: ").Append(kind.Kind).Append("\n    kind: ").Append(kind.Kind).Append("\n    target: ").Append(Target(kind)).Append('\n');
            text.Append("    name: \"of: everything\"\n    every: 1h\n    timeout: 100ms\n    failAfter: 3\n    recoverAfter: 2\n    downWhen: any\n    dependsOn: [tcp]\n    labels: { env: prod }\n    agents: [local, far]\n    lifecycle: stopped\n");
            text.Append("    assert: [ 'duration < 1s', 'warn: duration < 500ms' ]\n    set:\n");
            foreach (var option in kind.Options)
            {
                var value = option.Choices.Count > 0 ? option.Choices[0] : option.Type switch
                {
                    OptionType.Boolean => "true",
                    OptionType.Duration => "5ms",
                    _ => tries.Prepend(option.Secret ? "X-A: s3cret" : option.Default ?? "word").First(value => option.Problem(value) is null),
                };
                text.Append("      ").Append(option.Name).Append(": ").Append(option is { Secret: true, Name: "bearer" } ? "{ env: VEDETTE_TEST_BEARER }" : $"'{value}'").Append('\n');
            }
        }

        return text.ToString();
    }

    private async Task<IReadOnlyList<WatchedCheck>> ChecksAsync() => JsonSerializer.Deserialize((await hub.AskAsync("check", "list", "--json")).Output, ApiJson.Readable.IReadOnlyListWatchedCheck)!;

    private async Task<(int ExitCode, string Output, string Errors)> ApplyAsync(string text, params string[] options)
    {
        await System.IO.File.WriteAllTextAsync(File, text);
        return await hub.AskAsync(["apply", "-f", File, .. options]);
    }
}
