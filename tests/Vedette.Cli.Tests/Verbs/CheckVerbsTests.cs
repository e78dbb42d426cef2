using System.Text.Json;

namespace Vedette.Cli.Tests.Verbs;

[Collection(nameof(Console))]
public sealed class CheckVerbsTests : IAsyncLifetime
{
    private WatchingHub hub = null!;

    public async ValueTask InitializeAsync() => hub = await WatchingHub.StartAsync();

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    [Fact]
    public async Task Everything_that_add_is_given_arrives_and_show_tells_it()
    {
        await hub.AskAsync("check", "add", "tcp", "127.0.0.1:9", "--id", "base");
        var (exitCode, output, errors) = await hub.AskAsync(
            "check", "add", "tcp", "127.0.0.1:9", "--id", "all", "--name", "All of it", "--every", "5s", "--timeout", "2s", "--agents", "local", "--set", "send=hi", "--set", "expect=",
            "--assert", "connect < 50ms", "--assert", "warn: duration < 1s", "--label", "team=web", "--label", "team=net", "--fail-after", "3", "--recover-after", "4", "--down-when", "any", "--depends-on", "base");
        (exitCode, output, errors).ShouldBe((0, "added 'all': tcp 127.0.0.1:9 every 5s; see it with: vedette status all\n", ""));
        var check = (await ShownAsync("all")).Check;
        check.ShouldBe(new Check
        {
            Id = "all",
            Kind = "tcp",
            Target = "127.0.0.1:9",
            Name = "All of it",
            Interval = TimeSpan.FromSeconds(5),
            Timeout = TimeSpan.FromSeconds(2),
            Parameters = Parameters.Empty.With("send", "hi").With("expect", ""),
            Assertions = ["connect < 50ms", "warn: duration < 1s"],
            FailAfter = 3,
            RecoverAfter = 4,
            DownWhen = "any",
            DependsOn = ["base"],
            Labels = new([new("team", "net")]),
        });
        (await hub.AskAsync("check", "show", "all")).Output.ShouldContain("assert         warn: duration < 1s\n");
    }

    [Fact]
    public async Task Edit_changes_what_it_is_given_and_an_empty_value_takes_an_entry_away()
    {
        await hub.AskAsync("check", "add", "tcp", "127.0.0.1:9", "--id", "web", "--name", "Web", "--set", "send=hi", "--set", "expect=ho", "--assert", "connect < 1s", "--label", "a=1", "--label", "b=2");
        var (exitCode, output, _) = await hub.AskAsync("check", "edit", "web", "--every", "7s", "--target", "127.0.0.1:10", "--set", "send=", "--label", "a=", "--name", "", "--assert", "", "--json");
        exitCode.ShouldBe(0);
        var check = JsonSerializer.Deserialize(output, ApiJson.Readable.WatchedCheck)!.Check;
        check.ShouldBe((await ShownAsync("web")).Check);
        (check.Interval, check.Target, check.Name).ShouldBe((TimeSpan.FromSeconds(7), "127.0.0.1:10", null));
        check.Parameters.Equals(Parameters.Empty.With("expect", "ho")).ShouldBeTrue();
        check.Assertions.ShouldBeEmpty();
        check.Labels.ShouldBe(new NamedList<string>([new("b", "2")]));
    }

    [Fact]
    public async Task A_check_is_led_through_its_life()
    {
        await hub.AskAsync("check", "add", "tcp", "127.0.0.1:9", "--id", "web");
        (await hub.AskAsync("check", "pause", "web")).ShouldBe((0, "paused 'web'; go on with: vedette check resume web\n", ""));
        (await ShownAsync("web")).Lifecycle.ShouldBe(Lifecycle.Paused);
        (await hub.AskAsync("check", "start", "web")).ShouldBe((1, "", "vedette: 'web' is paused; resume it with: vedette check resume web\n"));
        (await hub.AskAsync("check", "resume", "web")).Output.ShouldBe("resumed 'web'\n");
        (await hub.AskAsync("check", "stop", "web")).ExitCode.ShouldBe(0);
        (await hub.AskAsync("check", "resume", "web")).ShouldBe((1, "", "vedette: 'web' is stopped; start it with: vedette check start web\n"));
        (await hub.AskAsync("check", "start", "web", "--json")).Output.ShouldContain("\"lifecycle\":\"active\"");
        (await hub.AskAsync("check", "remove", "web", "--json")).Output.ShouldBe("{\"id\":\"web\"}\n");
        (await hub.AskAsync("check", "show", "web")).ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task The_list_is_a_table_for_people_and_an_array_as_json()
    {
        (await hub.AskAsync("check", "list")).Output.ShouldBe("no checks yet; add one with: vedette check add KIND TARGET\n");
        await hub.AskAsync("check", "add", "tcp", "127.0.0.1:9", "--id", "b", "--name", "二つ");
        await hub.AskAsync("check", "add", "http", "http://127.0.0.1:9/", "--id", "a", "--every", "5s");
        (await hub.AskAsync("check", "list")).Output.ShouldBe(
            """
              CHECK  LIFE    KIND  EVERY  TARGET               NAME
              a      active  http     5s  http://127.0.0.1:9/
              b      active  tcp     30s  127.0.0.1:9          二つ

            """);
        JsonSerializer.Deserialize((await hub.AskAsync("check", "list", "--json")).Output, ApiJson.Readable.IReadOnlyListWatchedCheck)!.Select(watched => watched.Check.Id).ShouldBe(["a", "b"]);
    }

    [Theory]
    [InlineData(1, "there is no check 'wbe'; did you mean 'web'?", "check", "show", "wbe")]
    [InlineData(1, "there is no check 'wbe'; did you mean 'web'?", "check", "remove", "wbe")]
    [InlineData(1, "there is no check '..'", "check", "remove", "..")]
    [InlineData(1, "there is no check ''", "check", "show", "")]
    [InlineData(1, "there is no check 'a/b'", "check", "show", "a/b")]
    [InlineData(1, "there is no check 'a/../web'", "check", "pause", "a/../web")]
    [InlineData(1, "the id 'web' is taken", "check", "add", "tcp", "127.0.0.1:9", "--id", "web")]
    [InlineData(64, "tcp has no option 'snd'; did you mean 'send'?", "check", "edit", "web", "--set", "snd=x")]
    [InlineData(64, "timeout: 2m is longer than the interval of 30s", "check", "edit", "web", "--timeout", "2m")]
    [InlineData(1, "there is no check 'wbe'; did you mean 'web'?", "status", "wbe")]
    [InlineData(1, "there is no check 'wbe'; did you mean 'web'?", "results", "wbe")]
    [InlineData(1, "there is no check 'wbe'; did you mean 'web'?", "results", "wbe", "--follow")]
    public async Task What_the_hub_refuses_is_one_line(int code, string says, params string[] arguments)
    {
        await hub.AskAsync("check", "add", "tcp", "127.0.0.1:9", "--id", "web");
        var (exitCode, output, errors) = await hub.AskAsync(arguments);
        (exitCode, output).ShouldBe((code, ""));
        errors.TrimEnd('\n').ShouldNotContain('\n');
        errors.ShouldContain(says);
    }

    private async Task<WatchedCheck> ShownAsync(string id) => JsonSerializer.Deserialize((await hub.AskAsync("check", "show", id, "--json")).Output, ApiJson.Readable.WatchedCheck)!;
}
