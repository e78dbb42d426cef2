using System.Globalization;
using System.Text;
using Vedette.Hub.Configuration;

namespace Vedette.Hub.Tests.Configuration;

public sealed class ConfigurationFileTests : IDisposable
{
    private const string Whole = """
        # everything
        checks:
          - id: "0100"
            kind: echo
            target: &there example.org:7
            name: "tab\tand 😀"
            every: 5s
            timeout: 2s
            set: { packets: 5, text: [a, 'it''s'], password: "a\nb" }
            assert: [ "connect < 50ms", 'warn: connect < 1s' ]
            agents: [local]
            failAfter: 3
            recoverAfter: 2
            downWhen: 1
            dependsOn: [other]
            labels: { team: web, env: prod, version: 1.10 }
            lifecycle: paused
          - {"id":"other","kind":"echo","target":*there,"labels":{"a":"😀\/"}}
        """;

    private readonly string directory = Directory.CreateTempSubdirectory("vedette-configuration-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void Every_key_is_read_as_it_is_written()
    {
        var file = Read(Whole);
        file.Problems.ShouldBeEmpty();
        var (draft, lifecycle) = (file.Document.Checks![0].Draft, file.Document.Checks[0].Lifecycle);
        (draft.Id, draft.Kind, draft.Target, draft.Name).ShouldBe(("0100", "echo", "example.org:7", "tab\tand 😀"));
        (draft.Interval, draft.Timeout, draft.FailAfter, draft.RecoverAfter, draft.DownWhen).ShouldBe((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2), 3, 2, "1"));
        draft.Parameters["packets"].ShouldBe(["5"]);
        draft.Parameters["text"].ShouldBe(["a", "it's"]);
        draft.Parameters["password"].ShouldBe(["a\nb"]);
        draft.Assertions.ShouldBe(["connect < 50ms", "warn: connect < 1s"]);
        draft.Labels.ShouldBe(new Dictionary<string, string?> { ["team"] = "web", ["env"] = "prod", ["version"] = "1.10" }, ignoreOrder: true);
        lifecycle.ShouldBe(Lifecycle.Paused);
        var other = file.Document.Checks[1].Draft;
        (other.Target, other.Labels["a"]).ShouldBe(("example.org:7", "😀/"));
    }

    // YAML 1.2.2 section 10.3 against 1.1: what other readers make numbers, truths and times of.
    [Theory]
    [InlineData("0100")]
    [InlineData("0x00")]
    [InlineData("0o14")]
    [InlineData("1e3")]
    [InlineData("1_000")]
    [InlineData("1.10")]
    [InlineData("12:30:45")]
    [InlineData("2026-01-01")]
    [InlineData("on")]
    [InlineData("no")]
    [InlineData("True")]
    [InlineData(".inf")]
    [InlineData("=")]
    [InlineData("+5")]
    [InlineData("99999999999999999999999999999999999999999")]
    public void A_plain_text_stays_the_text_that_was_written(string text)
    {
        Text(text).ShouldBe(text);
        Text($"\"{text}\"").ShouldBe(text);
        Text($"'{text}'").ShouldBe(text);
    }

    [Theory]
    [InlineData("\"\\x41\\u00e9\\U0001F600\\t\"", "Aé😀\t")]
    [InlineData("\"\\ud83d\\ude00\"", "😀")]
    [InlineData("'null'", "null")]
    [InlineData("\"\"", "")]
    [InlineData("a#b", "a#b")]
    [InlineData("http://x:80/#x?a=b&c", "http://x:80/#x?a=b&c")]
    [InlineData("< a & b", "< a & b")]
    public void Quotes_and_escapes_are_those_of_YAML(string written, string read) => Text(written).ShouldBe(read);

    [Theory]
    [InlineData("~")]
    [InlineData("null")]
    [InlineData("")]
    public void Nothing_is_as_if_it_were_left_out(string nothing)
    {
        var file = Read($"checks:\n  - id: a\n    kind: echo\n    target: x:1\n    name: {nothing}\n    labels: {nothing}\n    set:\n      packets: {nothing}\n");
        file.Problems.ShouldBeEmpty();
        file.Document.Checks![0].Draft.Name.ShouldBeNull();
        Read("checks:\n").Document.Checks.ShouldBeNull();
        Read("checks: []\n").Document.Checks.ShouldBeEmpty();
    }

    [Fact]
    public void JSON_is_read_by_the_same_reader_with_tabs_without_blanks_and_with_a_byte_order_mark()
    {
        var json = "\uFEFF{\n\t\"checks\":[{\"id\":\"a\",\"kind\":\"echo\",\"target\":\"x:1\",\n\t\t\"failAfter\":3,\"set\":{\"packets\":5}}]\n}";
        var file = Read(json);
        file.Problems.ShouldBeEmpty();
        file.Document.Checks![0].Draft.FailAfter.ShouldBe(3);
        Read(json.Replace("\"packets\"", "\"pakets\"", StringComparison.Ordinal)).Problems.ShouldHaveSingleItem().ShouldStartWith("checks.yaml:3:24: checks[0].set.pakets: echo has no option 'pakets'; did you mean 'packets'?");
    }

    [Fact]
    public void As_many_mistakes_as_there_are_are_as_many_lines_in_the_order_of_the_file()
    {
        var lines = Read("""
            checks:
              - id: a b
                kind: ecko
                evry: 5s
                every: 10ms
                timeout: soon
                failAfter: two
                agents: []
              - id: a
                kind: echo
                target: nope
                set: { pakets: 1, packets: 0, password: { env: VEDETTE_NOT_SET }, text: { fiel: x } }
                assert: [ "foo < 1" ]
                labels: { "a b": c }
              - id: a
                kind: echo
                target: x:1
                kind: icmp
                downWhen: never
                lifecycle: asleep
            alerts: []
            chekcs: []
            storage: { keep: 5, size: 1GB }
            """, isOfHub: true).Problems;
        lines.Count.ShouldBe(23);
        lines.Select(line => line[line.LastIndexOf("checks.yaml", StringComparison.Ordinal)..]).Select(line => $"{line.Split(": ")[0]} {line.Split(": ")[1]}").ShouldBe(
        [
            "checks.yaml:2:5 checks[0].target", "checks.yaml:2:5 checks[0].id", "checks.yaml:3:5 checks[0].kind", "checks.yaml:4:5 checks[0].evry", "checks.yaml:5:5 checks[0].every", "checks.yaml:6:5 checks[0].timeout",
            "checks.yaml:7:5 checks[0].failAfter", "checks.yaml:8:5 checks[0].agents",
            "checks.yaml:11:5 checks[1].target", "checks.yaml:12:12 checks[1].set.pakets", "checks.yaml:12:23 checks[1].set.packets", "checks.yaml:12:45 checks[1].set.password", "checks.yaml:12:71 checks[1].set.text",
            "checks.yaml:13:15 checks[1].assert[0]", "checks.yaml:14:15 checks[1].labels.a b",
            "checks.yaml:15:5 checks[2].id", "checks.yaml:18:5 checks[2].kind", "checks.yaml:19:5 checks[2].downWhen", "checks.yaml:20:5 checks[2].lifecycle",
            "checks.yaml:21:1 alerts", "checks.yaml:22:1 chekcs", "checks.yaml:23:12 storage.keep", "checks.yaml:23:21 storage.size",
        ]);
        lines.ShouldAllBe(line => !line.Contains('\n'));
    }

    [Theory]
    [InlineData("a: b: c", "1:", "cannot be read")]
    [InlineData("checks:\n\t- id: a", "1:", "cannot be read: While scanning a mapping, found invalid tab")]
    [InlineData("checks: [", "2:1", "cannot be read")]
    [InlineData("checks: [ a # b ]\nx: 1", "1:9", "see whether every bracket")]
    [InlineData("checks: []\n---\nchecks: []", "2:1", "a second document begins here")]
    [InlineData("- checks", "1:1", "a configuration is a map")]
    [InlineData("checks: 5", "1:1", "must be a list")]
    [InlineData("checks: [5]", "1:10", "a check is a map")]
    [InlineData("checks: !!set {}", "1:9", "the tag")]
    [InlineData("checks: !System.IO.FileInfo {fileName: x}", "1:9", "the tag '!System.IO.FileInfo' is not read here")]
    [InlineData("checks: []\nchecks: []", "2:1", "is given twice, first in line 1")]
    [InlineData("checks: [*a]", "1:10", "the alias *a has no anchor")]
    [InlineData("checks: &a [*a]", "1:13", "the alias *a has no anchor")]
    [InlineData("storage: &a {}\nchecks: []\n<<: *a", "3:1", "merging with << is not read here")]
    [InlineData("? [a]\n: b", "1:3", "a key is a text")]
    [InlineData("checks: []\nx: \"\u0001\"", "2:5", "the control character U+0001; write it as \\x01")]
    [InlineData("services: []", "1:1", "is not in this version")]
    [InlineData("storage: { keep: 1d }", "1:1", "vedette up --config FILE")]
    public void What_cannot_be_is_refused_at_its_place(string text, string place, string says)
    {
        var line = Read(text).Problems.First(one => one.Contains(says, StringComparison.Ordinal));
        line.ShouldStartWith($"checks.yaml:{place}");
    }

    [Fact]
    public void Bytes_that_are_no_text_and_files_that_are_not_there_or_too_large_are_one_line()
    {
        Read([0x61, 0xFF, 0xFE]).Problems.ShouldBe(["checks.yaml:1:1: is not text in UTF-8"]);
        var path = Path.Combine(directory, "checks.yaml");
        ConfigurationFile.Read(path, Kinds, isOfHub: false).Problems.ShouldBe([$"{path}:1:1: is not there"]);
        ConfigurationFile.Read(directory, Kinds, isOfHub: false).Problems.ShouldHaveSingleItem().ShouldContain("it is a directory");
        Read(new byte[(16 << 20) + 1]).Problems.ShouldBe(["checks.yaml:1:1: is larger than 16MiB"]);
    }

    [Fact]
    public void Aliases_cannot_make_much_of_little()
    {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 12; i++) bomb.Append(CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        Read(bomb.ToString()).Problems.ShouldHaveSingleItem().ShouldContain("it is too large once its aliases are written out");
        var text = new string('x', 1 << 20);
        Read($"a: &a {text}\nb: [{string.Join(", ", Enumerable.Repeat("*a", 100))}]").Problems.ShouldHaveSingleItem().ShouldContain("too large");
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    public void Depth_is_bounded_however_it_is_made(string opening) =>
        Read(string.Concat(Enumerable.Repeat(opening, 1_000_000))).Problems.ShouldHaveSingleItem().ShouldContain("nested deeper than 32 levels");

    [Fact]
    public void Secrets_come_from_files_beside_it_and_from_the_environment()
    {
        Environment.SetEnvironmentVariable("VEDETTE_TEST_SECRET", "from here");
        File.WriteAllText(Path.Combine(directory, "secret"), "s3cret\r\n");
        File.WriteAllText(Path.Combine(directory, "lines"), "one\ntwo\n\n");
        var file = Read("""
            checks:
              - id: a
                kind: echo
                target: x:1
                name: { env: VEDETTE_TEST_SECRET }
                set: { password: { file: secret }, text: [ { env: VEDETTE_TEST_SECRET }, plain, { file: lines } ] }
                labels: { env: VEDETTE_TEST_SECRET }
            """);
        file.Problems.ShouldBeEmpty();
        var entry = file.Document.Checks!.ShouldHaveSingleItem();
        entry.Draft.Name.ShouldBe("from here");
        entry.Draft.Parameters["password"].ShouldBe(["s3cret"]);
        entry.Draft.Parameters["text"].ShouldBe(["from here", "plain", "one\ntwo\n"]);
        entry.Draft.Labels["env"].ShouldBe("VEDETTE_TEST_SECRET");
        entry.Sources.ShouldBe([new("password[0]", "file:secret"), new("text[0]", "env:VEDETTE_TEST_SECRET"), new("text[2]", "file:lines")]);
        file.SecretFiles.Order().ShouldBe([Path.Combine(directory, "lines"), Path.Combine(directory, "secret")]);
    }

    [Fact]
    public void A_secret_that_cannot_be_had_is_one_line_at_its_place_and_no_other()
    {
        File.WriteAllBytes(Path.Combine(directory, "large"), new byte[(64 << 10) + 1]);
        File.WriteAllBytes(Path.Combine(directory, "binary"), [0xFF]);
        Environment.SetEnvironmentVariable("VEDETTE_NOT_SET", null);
        Read("""
            checks:
              - id: a
                kind: echo
                target: { env: VEDETTE_NOT_SET }
                set: { password: { file: none }, text: [ { file: large }, { file: binary }, { file: . } ] }
            """).Problems.ShouldBe(
        [
            "checks.yaml:4:13: checks[0].target: there is no environment variable 'VEDETTE_NOT_SET'; set it for the process that reads this file",
            "checks.yaml:5:22: checks[0].set.password: the file 'none' is not there",
            "checks.yaml:5:46: checks[0].set.text[0]: the file 'large' is larger than 64KiB",
            "checks.yaml:5:63: checks[0].set.text[1]: the file 'binary' is not text in UTF-8",
            "checks.yaml:5:81: checks[0].set.text[2]: the file '.' cannot be read: it is a directory",
        ]);
    }

    [Fact]
    public void Cut_at_every_byte_it_is_refused_or_read_and_never_throws()
    {
        var bytes = Encoding.UTF8.GetBytes(Whole);
        for (var length = 0; length < bytes.Length; length++) Read(bytes[..length]).Problems.ShouldAllBe(line => line.StartsWith("checks.yaml:"));
    }

    [Fact]
    public void Damaged_at_every_byte_it_is_refused_or_read_and_never_throws()
    {
        var bytes = Encoding.UTF8.GetBytes("checks:\n- id: 'a'\n  name: &x \"b\\t\"\n  set: {text: [*x, c], n: |\n  }\n  labels:\n    ? k # c\n    : v\n");
        foreach (var damage in "\n\t\"'{]:,&*!|#"u8.ToArray())
            for (var i = 0; i < bytes.Length; i++)
            {
                byte[] damaged = [.. bytes];
                damaged[i] = damage;
                Read(damaged).Problems.ShouldAllBe(line => line.StartsWith("checks.yaml:"));
            }
    }

    private static Catalogue Kinds => new(Samples.Kind);

    private string? Text(string written)
    {
        var file = Read($"checks:\n  - id: a\n    kind: echo\n    target: x:1\n    set:\n      password: {written}\n    labels: {{ x: {written} }}\n    name: {written}\n");
        file.Problems.ShouldBeEmpty();
        var draft = file.Document.Checks![0].Draft;
        if (written is not "\"\"") draft.Name.ShouldBe(draft.Labels["x"]);
        draft.Parameters["password"]!.Value.ShouldHaveSingleItem().ShouldBe(draft.Labels["x"]);
        return draft.Labels["x"];
    }

    private ConfigurationFile Read(string text, bool isOfHub = false)
    {
        if (!isOfHub) return Read(Encoding.UTF8.GetBytes(text));
        File.WriteAllText(Path.Combine(directory, "checks.yaml"), text);
        var here = Environment.CurrentDirectory;
        return ConfigurationFile.Read(Path.GetRelativePath(here, Path.Combine(directory, "checks.yaml")), Kinds, isOfHub: true);
    }

    private ConfigurationFile Read(byte[] content)
    {
        using var stream = new MemoryStream(content);
        return ConfigurationFile.Read("checks.yaml", stream, directory, Kinds);
    }
}
