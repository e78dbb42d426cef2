using System.Globalization;
using Processes;

namespace Soak;

/// <summary>
/// Lets Vedette watch the oracle, kills it now and then in the first two thirds of the time, leaves it alone in the last one to see whether it
/// grows, and compares what it says with what happened.
/// </summary>
internal sealed class Course(Oracle oracle, int seed) : IDisposable
{
    private const int ShortestLife = 5;
    private const int LongestShare = 12;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);

    private readonly TimeProvider time = TimeProvider.System;
    private readonly Random random = new(seed);
    private readonly Ledger ledger = new();
    private readonly Vitals vitals = new();
    private readonly string data = Directory.CreateTempSubdirectory("vedette-soak-").FullName;
    private readonly int port = VedetteProcess.FreePort();

    /// <summary>Runs for so long; what went wrong.</summary>
    public async Task<List<string>> RunAsync(TimeSpan length)
    {
        var (start, kills) = (time.GetTimestamp(), 0);
        for (; time.GetElapsedTime(start) < length * 2 / 3; kills++) await LiveAsync(Lifetime(length), isFirst: kills == 0);

        await using var vedette = VedetteProcess.Up(data, port);
        await vedette.ReadyAsync(port);
        using var api = VedetteProcess.Client(port, data, authorized: true);
        await FollowAsync(api, vedette.Id, length - time.GetElapsedTime(start));
        await PauseAsync(api);
        var problems = await AuditAsync(api, kills);
        await vedette.StopAsync();
        return problems;
    }

    public void Dispose() => Directory.Delete(data, recursive: true);

    private TimeSpan Lifetime(TimeSpan length)
    {
        var longest = Math.Max(2 * ShortestLife, length.TotalSeconds / LongestShare);
        return TimeSpan.FromSeconds(ShortestLife + (random.NextDouble() * (longest - ShortestLife)));
    }

    private async Task LiveAsync(TimeSpan life, bool isFirst)
    {
        await using var vedette = VedetteProcess.Up(data, port);
        await vedette.ReadyAsync(port);
        using var api = VedetteProcess.Client(port, data, authorized: true);
        if (isFirst) await AddChecksAsync(api);
        using var stop = new CancellationTokenSource();
        var following = new Follower(oracle, ledger).FollowAsync(api, stop.Token);
        await Task.Delay(life, time, CancellationToken.None);
        await vedette.KillAsync();
        await following;
    }

    private async Task AddChecksAsync(HttpClient api)
    {
        foreach (var watched in oracle.All)
        {
            var talk = watched.Kind == "udp" ? """,  "set": { "send": "ping", "expect": "ping" }""" : "";
            using var draft = new StringContent($$"""{ "id": "{{watched.Check}}", "kind": "{{watched.Kind}}", "target": "{{watched.Target}}", "every": "1s"{{talk}} }""");
            using var answer = await api.PostAsync(new Uri("api/v1/checks", UriKind.Relative), draft);
            if (!answer.IsSuccessStatusCode) throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
        }
    }

    private async Task FollowAsync(HttpClient api, int process, TimeSpan length)
    {
        using var stop = new CancellationTokenSource();
        var following = new Follower(oracle, ledger).FollowAsync(api, stop.Token);
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        var start = time.GetTimestamp();
        do vitals.Look(process);
        while (time.GetElapsedTime(start) < length && await second.WaitForNextTickAsync(CancellationToken.None));
        await stop.CancelAsync();
        await following;
    }

    // What was begun before has ended once nothing more is asked of the oracle for a while.
    private async Task PauseAsync(HttpClient api)
    {
        foreach (var watched in oracle.All)
        {
            using var answer = await api.PostAsync(new Uri($"api/v1/checks/{watched.Check}/pause", UriKind.Relative), null);
            if (!answer.IsSuccessStatusCode) throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
        }

        await Task.Delay(Settled, time, CancellationToken.None);
    }

    private async Task<List<string>> AuditAsync(HttpClient api, int kills)
    {
        var (audit, problems) = (new Audit(api, ledger, Interval), new List<string>());
        foreach (var watched in oracle.All) problems.AddRange(await audit.OfAsync(watched));
        if (ledger.Lost is > 0 and var lost) problems.Add($"{lost} results were told and are not there");
        problems.AddRange(vitals.Problems());
        await Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{oracle.All.Count} checks, {kills} kills, {oracle.Sum} answers given, {audit.Results} results stored of which {ledger.Told} were told, {audit.Gaps} slots in gaps; {vitals}"));
        return problems;
    }
}
