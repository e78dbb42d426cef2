using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Vedette.Hub.Checks;
using Vedette.Hub.Configuration;
using Vedette.State;

namespace Vedette.Hub.Tests.Configuration;

public sealed class RoundTripTests
{
    private static readonly Catalogue Kinds = new(Samples.Kind);

    // Texts that some reader of YAML or JSON takes for something else.
    private static readonly string[] Odd =
    [
        "", " ", "0100", "0x00", "on", "No", "~", "null", "true", "True", "1.10", "1e3", "12:30", "a: b", "a #b", "#", "- a", "[a]", "{a}", "*a", "&a", "!a", "|", ">", "%a", "@a", "`a", "\"", "'", "\\", "\\n",
        "a\nb", "a\r\nb\n", "\t", "\u0000", "\u0085", "\u2028", "\uFEFF", "\uFFFF", "\x7F", "😀", "二つ", "a,b", "***", " a", "a ", "=", "<<", "---", "...", "?", ":", "a:", "1_000", "192.0.2.1:80", "::1", "-", "{ env: X }",
    ];

    private static readonly Gen<string> Texts = Gen.OneOf(Gen.Elements(Odd), ArbMap.Default.GeneratorFor<string>().Where(text => text is not null && IsUnicode(text)), Gen.Elements(Odd).Two().Select(pair => pair.Item1 + pair.Item2));

    [Fact]
    public void Whatever_an_export_says_is_read_as_what_the_check_is() => Prop.ForAll(
        Texts.ArrayOf().Zip(Texts.ArrayOf(), static (options, labels) => (options, labels)).Zip(Texts, static (pair, name) => (pair.options, pair.labels, name)).ToArbitrary(),
        given =>
        {
            var check = Samples.Check() with
            {
                Name = given.name.Length is 0 or > 200 ? null : given.name,
                Parameters = given.options.Length == 0 ? Parameters.Empty : Parameters.Empty.With("text", given.options),
                Labels = new(given.labels.Select((text, i) => new KeyValuePair<string, string>($"l{i:000}", text))),
                DependsOn = given.labels,
            };
            var json = Export.Write([new CheckRecord(1, check, Lifecycle.Active, Samples.At, Samples.At)], Kinds);
            using var document = JsonDocument.Parse(json);
            Read(json).ShouldBe(check);
            Read(Encoding.UTF8.GetBytes(YamlText.Write(document.RootElement))).ShouldBe(check);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_key_and_every_life_comes_back()
    {
        var check = Samples.Check("0100", failAfter: 3, recoverAfter: 4, downWhen: "all", "local", "far") with
        {
            Name = "All: of it",
            Interval = TimeSpan.FromSeconds(1.5),
            Timeout = TimeSpan.FromMilliseconds(20),
            Assertions = ["connect < 50ms", "warn: connect < 1s"],
            DependsOn = ["a"],
            Labels = new(new KeyValuePair<string, string>("env", "prod")),
            Parameters = Parameters.Empty.With("packets", "5").With("password", "secret").With("text", "a", "b"),
        };
        var origin = new Origin("x", new(new KeyValuePair<string, string>("password[0]", "env:VEDETTE_TEST_ROUND")));
        Environment.SetEnvironmentVariable("VEDETTE_TEST_ROUND", "secret");
        foreach (var lifecycle in Enum.GetValues<Lifecycle>())
        {
            var json = Export.Write([new CheckRecord(1, check, lifecycle, Samples.At, Samples.At) { Origin = origin }], Kinds);
            Encoding.UTF8.GetString(json).ShouldNotContain("secret\"");
            Read(json, lifecycle).ShouldBe(check);
            using var document = JsonDocument.Parse(json);
            Read(Encoding.UTF8.GetBytes(YamlText.Write(document.RootElement)), lifecycle).ShouldBe(check);
        }
    }

    [Fact]
    public void YAML_is_written_as_people_would()
    {
        var check = Samples.Check("web") with { Parameters = Parameters.Empty.With("packets", "5").With("text", "a: b", "on", "192.0.2.1"), Labels = new(new KeyValuePair<string, string>("team", "web")), Target = "https://example.org/?a=b" };
        using var document = JsonDocument.Parse(Export.Write([new CheckRecord(1, check, Lifecycle.Paused, Samples.At, Samples.At)], Kinds));
        YamlText.Write(document.RootElement).ShouldBe("""
            checks:
              - id: web
                kind: echo
                target: https://example.org/?a=b
                every: 30s
                set:
                  packets: 5
                  text: ["a: b", "on", 192.0.2.1]
                labels:
                  team: web
                lifecycle: paused

            """);
        using var none = JsonDocument.Parse(Export.Write([], Kinds));
        YamlText.Write(none.RootElement).ShouldBe("checks: []\n");
    }

    private static Check Read(byte[] content, Lifecycle lifecycle = Lifecycle.Active)
    {
        using var stream = new MemoryStream(content);
        var file = ConfigurationFile.Read("export", stream, "/", Kinds);
        file.Problems.ShouldBeEmpty();
        var entry = file.Document.Checks!.ShouldHaveSingleItem();
        (entry.Lifecycle ?? Lifecycle.Active).ShouldBe(lifecycle);
        var problems = new Problems();
        var made = new EntryRules(Kinds).Make(entry, "x", null, problems);
        problems.Found.ShouldBeEmpty();
        return made!.Value.Check;
    }

    private static bool IsUnicode(string text) => text.EnumerateRunes().All(rune => rune != System.Text.Rune.ReplacementChar);
}
