using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Processes;
using Vedette;

namespace Faults;

public sealed class KillTests(ITestOutputHelper output)
{
    private const int Kills = 100;
    private const int Checks = 20;

    [Fact]
    public async Task A_hundred_kills_lose_and_double_nothing_that_was_committed()
    {
        using var data = new TemporaryDirectory();
        await using var target = new CountingTarget();
        var port = VedetteProcess.FreePort();
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var seen = new ConcurrentDictionary<(string Epoch, ulong Seq), Result>();
        output.WriteLine($"seed {seed}");

        for (var kill = 0; kill < Kills; kill++)
        {
            await using var vedette = VedetteProcess.Up(data.Path, port);
            await vedette.ReadyAsync(port);
            using var api = VedetteProcess.Client(port, data.Path, authorized: true);
            if (kill == 0) await AddChecksAsync(api, target.Port);
            using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(100, 900)));
            await WatchAsync(api, seen, stop.Token);
            await vedette.KillAsync();
        }

        await using var last = VedetteProcess.Up(data.Path, port);
        await last.ReadyAsync(port);
        using var reader = VedetteProcess.Client(port, data.Path, authorized: true);
        var stored = 0;
        for (var i = 0; i < Checks; i++) stored += await JudgeAsync(reader, i, target, seen);
        await LogSaysTheSameAsync(last, reader, data.Path);
        output.WriteLine($"{Kills} kills, {seen.Count} results seen committed, {stored} stored");
        seen.Count.ShouldBeGreaterThan(Kills, "the kills must hit a program that was storing results");
    }

    // The readable log follows history: stopped in order, it has every line of it, once.
    private static async Task LogSaysTheSameAsync(VedetteProcess vedette, HttpClient api, string data)
    {
        for (var i = 0; i < Checks; i++) await PostAsync(api, string.Create(CultureInfo.InvariantCulture, $"api/v1/checks/c{i}/pause"));
        await vedette.StopAsync();
        var logs = await Task.WhenAll(Enumerable.Range(0, Checks).Select(i => File.ReadAllLinesAsync(Path.Combine(data, "results", string.Create(CultureInfo.InvariantCulture, $"c{i}.jsonl")))));

        // Everything is paused, so what the next process has stored is what this one left behind.
        var port = VedetteProcess.FreePort();
        await using var next = VedetteProcess.Up(data, port);
        await next.ReadyAsync(port);
        using var reader = VedetteProcess.Client(port, data, authorized: true);
        for (var i = 0; i < Checks; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"c{i}");
            logs[i].ShouldBe((await ResultsAsync(reader, id)).Select(result => JsonSerializer.Serialize(result, ApiJson.Readable.Result)), ignoreOrder: true, $"the log of {id}");
        }
    }

    private static async Task<IReadOnlyList<Result>> ResultsAsync(HttpClient api, string id) =>
        (await api.GetFromJsonAsync($"api/v1/checks/{id}/results?last=1h&limit=10000", ApiJson.Readable.IReadOnlyListResult))!;

    [Fact]
    public async Task A_paused_check_stays_paused_and_a_stopped_one_stopped_after_a_kill()
    {
        using var data = new TemporaryDirectory();
        await using var target = new CountingTarget();
        var port = VedetteProcess.FreePort();
        await using (var vedette = VedetteProcess.Up(data.Path, port))
        {
            await vedette.ReadyAsync(port);
            using var api = VedetteProcess.Client(port, data.Path, authorized: true);
            await AddChecksAsync(api, target.Port);
            await PostAsync(api, "api/v1/checks/c0/pause");
            await PostAsync(api, "api/v1/checks/c1/stop");
            await vedette.KillAsync();
        }

        await using var again = VedetteProcess.Up(data.Path, port);
        await again.ReadyAsync(port);
        using var reader = VedetteProcess.Client(port, data.Path, authorized: true);
        (await CheckAsync(reader, "c0")).Lifecycle.ShouldBe(Lifecycle.Paused);
        (await CheckAsync(reader, "c1")).Lifecycle.ShouldBe(Lifecycle.Stopped);
        (await CheckAsync(reader, "c2")).Lifecycle.ShouldBe(Lifecycle.Active);
    }

    private static async Task AddChecksAsync(HttpClient api, int targetPort)
    {
        for (var i = 0; i < Checks; i++)
        {
            var json = string.Create(CultureInfo.InvariantCulture, $$"""{"id":"c{{i}}","kind":"http","target":"http://127.0.0.1:{{targetPort}}/c{{i}}","every":"1s"}""");
            using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
            using var answer = await api.PostAsync(new Uri("api/v1/checks", UriKind.Relative), content);
            answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        }
    }

    private static async Task PostAsync(HttpClient api, string path)
    {
        using var answer = await api.PostAsync(new Uri(path, UriKind.Relative), content: null);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    private static async Task<WatchedCheck> CheckAsync(HttpClient api, string id) =>
        (await api.GetFromJsonAsync($"api/v1/checks/{id}", ApiJson.Readable.WatchedCheck))!;

    // What the stream shows is committed: the oracle's journal, kept outside the program.
    private static async Task WatchAsync(HttpClient api, ConcurrentDictionary<(string, ulong), Result> seen, CancellationToken stop)
    {
        try
        {
            await using var stream = await api.GetStreamAsync(new Uri("api/v1/stream", UriKind.Relative), stop);
            using var lines = new StreamReader(stream);
            var isResult = false;
            while (await lines.ReadLineAsync(stop) is { } line)
            {
                if (line.StartsWith("event:", StringComparison.Ordinal)) isResult = line[6..].Trim() == LiveEvents.Result;
                if (!isResult || !line.StartsWith("data:", StringComparison.Ordinal)) continue;
                var result = JsonSerializer.Deserialize(line[5..], ApiJson.Readable.Result)!;
                seen[(result.Epoch!, result.Seq)] = result;
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }

    private static async Task<int> JudgeAsync(HttpClient api, int number, CountingTarget target, ConcurrentDictionary<(string Epoch, ulong Seq), Result> seen)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"c{number}");
        var stored = await ResultsAsync(api, id);
        var keys = stored.Select(result => (result.Epoch!, result.Seq)).ToHashSet();
        keys.Count.ShouldBe(stored.Count, $"{id} holds a result twice");
        stored.Select(result => result.ScheduledAt).Distinct().Count().ShouldBe(stored.Count, $"{id} ran twice in one slot");
        foreach (var (key, result) in seen.Where(pair => pair.Value.Check == id))
            keys.ShouldContain(key, $"{id} lost the result of {result.ScheduledAt:O}");
        target.Asked($"/{id}").ShouldBeGreaterThanOrEqualTo(stored.Count(result => result.Status == Status.Up), $"{id} holds results of runs that never happened");
        return stored.Count;
    }
}
