using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Processes;

namespace Faults;

public sealed class ConfigurationTests : IDisposable
{
    private const string One = "checks:\n  - { id: a, kind: tcp, target: '127.0.0.1:9', every: 1s, set: { send: { file: word } } }\n";
    private const string Two = One + "  - { id: b, kind: tcp, target: '127.0.0.1:9' }\n";
    private const string Bad = "checks:\n  - { id: a, kind: tpc, target: '127.0.0.1:9', evry: 1s }\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TemporaryDirectory data = new();
    private readonly TemporaryDirectory files = new();
    private readonly int port = VedetteProcess.FreePort();

    public ConfigurationTests() => File.WriteAllText(Path.Combine(files.Path, "word"), "hello\n");

    private string Configuration => Path.Combine(files.Path, "checks.yaml");

    public void Dispose()
    {
        data.Dispose();
        files.Dispose();
    }

    [Fact]
    public async Task A_file_is_followed_while_it_is_edited_broken_deleted_and_over_a_kill()
    {
        Replace(One);
        await using (var vedette = Up("--prune"))
        {
            await vedette.ReadyAsync(port);
            using var api = VedetteProcess.Client(port, data.Path, authorized: true);
            (await ChecksAsync(api)).ShouldBe("a", "it is there as soon as the hub is ready, and nothing else is");
            await UntilAppliedAsync(api, true);
            Replace(Two);
            await UntilChecksAsync(api, "a b");
            Replace(Bad);
            await UntilAppliedAsync(api, false);
            (await ChecksAsync(api)).ShouldBe("a b");
            Replace(Two);
            await UntilAppliedAsync(api, true);
            File.Delete(Configuration);
            await UntilAppliedAsync(api, false);
            (await ChecksAsync(api)).ShouldBe("a b");
            Replace(One);
            await UntilChecksAsync(api, "a");
            await UntilAppliedAsync(api, true);
            Replace(Bad);
            await UntilAppliedAsync(api, false);
            await vedette.KillAsync();
        }

        await using (var again = Up("--prune"))
        {
            await again.ReadyAsync(port);
            using var api = VedetteProcess.Client(port, data.Path, authorized: true);
            (await ChecksAsync(api)).ShouldBe("a", "the last good one stays");
            Replace(Two);
            await UntilChecksAsync(api, "a b");
            var (exitCode, _, errors) = await again.StopAsync();
            exitCode.ShouldBe(0);
            errors.ShouldContain($"{Configuration} was not applied and everything stays as it was; 2 problems, the first: {Configuration}:2:14: checks[0].kind: 'tpc' is not known; did you mean 'tcp'?");
            errors.ShouldContain($"{Configuration} was applied: 1 added, 0 changed, 0 removed, 1 unchanged.");
        }
    }

    [Fact]
    public async Task A_bad_file_at_the_first_start_is_told_whole_and_nothing_runs()
    {
        Replace(Bad);
        await using var vedette = Up();
        var (exitCode, output, errors) = await vedette.EndAsync();
        (exitCode, output).ShouldBe((64, ""));
        errors.ShouldBe($"{Configuration}:2:14: checks[0].kind: 'tpc' is not known; did you mean 'tcp'?\n{Configuration}:2:48: checks[0].evry: is not a key of a check; did you mean 'every'?\n");
    }

    private VedetteProcess Up(params string[] more) =>
        VedetteProcess.Start(["up", "--data", data.Path, "--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), "--config", Configuration, .. more]);

    // As an editor does it: written beside, then put in its place.
    private void Replace(string text)
    {
        var beside = Configuration + ".new";
        File.WriteAllText(beside, text);
        File.Move(beside, Configuration, overwrite: true);
    }

    private static async Task<string> ChecksAsync(HttpClient api) =>
        string.Join(' ', JsonNode.Parse(await api.GetStringAsync(new Uri("api/v1/checks", UriKind.Relative)))!.AsArray().Select(check => check!["check"]!["id"]!.GetValue<string>()));

    private static Task UntilChecksAsync(HttpClient api, string ids) => UntilAsync(async () => await ChecksAsync(api) == ids, $"the checks {ids}");

    // Until the gauge says whether the file as it is now was applied.
    private static Task UntilAppliedAsync(HttpClient api, bool applied) => UntilAsync(
        async () => (await api.GetStringAsync(new Uri("metrics", UriKind.Relative))).Contains($"\nvedette_config_last_reload_successful {(applied ? 1 : 0)}\n", StringComparison.Ordinal),
        applied ? "a file that is applied" : "a file that is not applied");

    private static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < Patience)
        {
            if (await holds()) return;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        throw new TimeoutException($"it did not come to {what} within {Patience.TotalSeconds} s");
    }
}
