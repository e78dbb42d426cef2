using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Vedette.Agent;
using Vedette.Cli.Rendering;
using Vedette.Hub;
using Vedette.Hub.Configuration;
using Vedette.Probes;
using Vedette.Probes.Resolve;
using Vedette.State.Sqlite;
using Vedette.Wire;

namespace Vedette.Cli.Up;

/// <summary>A hub and its built-in agent in one process, joined by a pipe in memory.</summary>
internal sealed class Station(string dataDirectory, bool isDefaultDirectory, IPEndPoint listen, ConfigurationSource? configuration)
{
    /// <summary>Runs until stopped: the agent first, then what receives its results.</summary>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        using var loggers = LoggerFactory.Create(Log);
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(stop);
        string? beyondRepair = null;
        var supervisor = new Supervisor(TimeProvider.System, loggers.CreateLogger<Supervisor>(), loop =>
        {
            beyondRepair = loop;
            failed.Cancel();
        });
        await using var hub = await OpenAsync(loggers);
        if (await ConfigureAsync(hub) is { Count: > 0 } problems)
        {
            foreach (var problem in problems) await Console.Error.WriteLineAsync(Plain.Foreign(problem));
            return ExitCodes.Usage;
        }

        var address = await ListenAsync(hub);
        using var over = new CancellationTokenSource();
        var loops = Task.WhenAll(
            supervisor.RunAsync("ingest", hub.IngestAsync, over.Token),
            supervisor.RunAsync("result log", hub.LogResultsAsync, over.Token),
            supervisor.RunAsync("retention", hub.RetainAsync, over.Token),
            supervisor.RunAsync("compaction", hub.CompactAsync, over.Token),
            supervisor.RunAsync("configuration", hub.FollowConfigurationAsync, over.Token));
        await Console.Out.WriteAsync(Welcome.Text(address, hub.Token, dataDirectory, isDefaultDirectory, hub.CheckCount));
        await RunAgentAsync(hub, supervisor, loggers, failed.Token, over.Token);
        await over.CancelAsync();
        await loops;
        return beyondRepair is null ? ExitCodes.Ok : throw new UserError($"{beyondRepair} failed again and again, so this process ends; the log above says why", ExitCodes.Unavailable);
    }

    // What the host of the web server has to say of its start is told as the error it is.
    private static void Log(ILoggingBuilder logging) => logging
        .AddSimpleConsole(console => console.SingleLine = true)
        .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
        .SetMinimumLevel(LogLevel.Warning)
        .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None)
        .AddFilter("Vedette.Hub.Configuration", LogLevel.Information);

    private static async Task RunAgentAsync(HubHost hub, Supervisor supervisor, ILoggerFactory loggers, CancellationToken stop, CancellationToken over)
    {
        await using var probes = new ProbeSet(new AddressPolicy(allowLoopback: true));
        var session = Task.CompletedTask;
        var agent = new AgentHost(CheckDefaults.BuiltInAgent, probes.Find, Connect, supervisor, TimeProvider.System, loggers);
        await agent.RunAsync(stop);
        await session;

        async ValueTask<System.IO.Pipelines.IDuplexPipe> Connect(CancellationToken cancellation)
        {
            await session;
            var (near, far) = DuplexPipe.CreatePair();
            session = hub.ServeAgentAsync(far, over);
            return near;
        }
    }

    private async Task<HubHost> OpenAsync(ILoggerFactory loggers)
    {
        try
        {
            var hub = new HubHost(new HubOptions(dataDirectory, listen, ProbeSet.Catalogue, configuration is null ? FirstChecks.For(listen) : [], configuration), TimeProvider.System, loggers);
            hub.Load();
            return hub;
        }
        catch (StateException e)
        {
            throw new UserError(e.Message, ExitCodes.Unavailable);
        }
    }

    private static async Task<IReadOnlyList<string>> ConfigureAsync(HubHost hub)
    {
        try
        {
            return await hub.ConfigureAsync();
        }
        catch (StateException e)
        {
            throw new UserError(e.Message, ExitCodes.Unavailable);
        }
    }

    private async Task<IPEndPoint> ListenAsync(HubHost hub)
    {
        try
        {
            return await hub.StartHttpAsync();
        }
        catch (IOException e)
        {
            throw new UserError($"{listen} cannot be listened on: {Why(e)}; stop what uses it, or give another with --listen", ExitCodes.Unavailable);
        }
        catch (SocketException e)
        {
            var advice = e.SocketErrorCode is SocketError.AccessDenied ? "give a port above 1023" : "give an address of this host";
            throw new UserError($"{listen} cannot be listened on: {e.Message}; {advice} with --listen", ExitCodes.Unavailable);
        }
        catch (StateException e)
        {
            throw new UserError(e.Message, ExitCodes.Unavailable);
        }
    }

    private static string Why(Exception e) => e.InnerException is { } inner ? Why(inner) : e.Message;
}
