using System.IO.Pipelines;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Vedette.Agent;
using Vedette.Hub;
using Vedette.Probes;
using Vedette.Probes.Resolve;
using Vedette.Wire;

namespace Vedette.Cli.Tests;

/// <summary>A real hub with its built-in agent over HTTP on loopback, in a data directory of its own, that can be restarted.</summary>
internal sealed class WatchingHub : IAsyncDisposable
{
    private readonly ProbeSet probes = new(new AddressPolicy(allowLoopback: true));
    private IPEndPoint address = new(IPAddress.Loopback, 0);
    private HubHost? hub;
    private (CancellationTokenSource Agent, CancellationTokenSource Hub) stop = (new(), new());
    private (Task Agent, Task Hub) running = (Task.CompletedTask, Task.CompletedTask);

    private WatchingHub(string directory) => Directory = directory;

    public string Directory { get; }

    public string Url => $"http://{address}";

    public string Token => hub!.Token;

    public static async Task<WatchingHub> StartAsync()
    {
        var started = new WatchingHub(System.IO.Directory.CreateTempSubdirectory("vedette-cli-").FullName);
        await started.OpenAsync();
        return started;
    }

    /// <summary>One that watches a check that is up, one that is down, and one that is paused: good, bad and idle.</summary>
    public static async Task<WatchingHub> WithThreeAsync()
    {
        var started = await StartAsync();
        await started.AskAsync("check", "add", "http", $"{started.Url}/healthz", "--id", "good", "--every", "1s", "--name", "二つ");
        await started.AskAsync("check", "add", "http", $"{started.Url}/nowhere", "--id", "bad", "--every", "1s", "--fail-after", "1");
        await started.AskAsync("check", "add", "tcp", "127.0.0.1:9", "--id", "idle");
        await started.AskAsync("check", "pause", "idle");
        return started;
    }

    /// <summary>Starts it, again at the same address.</summary>
    public async Task OpenAsync()
    {
        stop = (new(), new());
        hub = new HubHost(new HubOptions(Directory, address, ProbeSet.Catalogue, []), TimeProvider.System, NullLoggerFactory.Instance);
        hub.Load();
        address = await hub.StartHttpAsync();
        running = (WatchAsync(hub, stop.Agent.Token, stop.Hub.Token), hub.IngestAsync(stop.Hub.Token));
    }

    /// <summary>Stops it as Ctrl+C does: the agent first, then what receives its results.</summary>
    public async Task CloseAsync()
    {
        await stop.Agent.CancelAsync();
        await running.Agent;
        await stop.Hub.CancelAsync();
        await running.Hub.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await hub!.DisposeAsync();
        stop.Agent.Dispose();
        stop.Hub.Dispose();
    }

    /// <summary>Runs a verb against it.</summary>
    public Task<(int ExitCode, string Output, string Errors)> AskAsync(params string[] arguments) => Invocation.RunAsync(With(arguments));

    /// <summary>Runs a verb against it that goes on.</summary>
    public Invocation Begin(params string[] arguments) => new(With(arguments));

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await probes.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private string[] With(string[] arguments) => [.. arguments, "--hub", Url, "--data", Directory];

    private async Task WatchAsync(HubHost serving, CancellationToken end, CancellationToken over)
    {
        var session = Task.CompletedTask;
        var supervisor = new Supervisor(TimeProvider.System, NullLogger<Supervisor>.Instance, _ => { });
        await new AgentHost(CheckDefaults.BuiltInAgent, probes.Find, Connect, supervisor, TimeProvider.System, NullLoggerFactory.Instance).RunAsync(end);
        await session;

        async ValueTask<IDuplexPipe> Connect(CancellationToken cancellation)
        {
            await session;
            var (near, far) = DuplexPipe.CreatePair();
            session = serving.ServeAgentAsync(far, over);
            return near;
        }
    }
}
