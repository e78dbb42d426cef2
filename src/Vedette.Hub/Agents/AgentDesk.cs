using System.IO.Pipelines;
using Microsoft.Extensions.Logging;
using Vedette.Hub.Checks;
using Vedette.Hub.Ingest;
using Vedette.State;
using Vedette.State.Sqlite;
using Vedette.Wire;

namespace Vedette.Hub.Agents;

/// <summary>Receives agents: hears who they are, welcomes them after what is stored, and hands on what they send.</summary>
internal sealed partial class AgentDesk(Database database, CheckRegistry registry, AgentLinks links, IngestLoop ingest, ILogger<AgentDesk> logger)
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Serves one connection to its end.</summary>
    public async Task ServeAsync(IDuplexPipe pipe, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var link = new AgentLink(pipe);
        var reading = ContainAsync(link, ReadAsync(link, over.Token));
        var writing = ContainAsync(link, link.WriteAsync(over.Token));
        await Task.WhenAny(reading, writing, link.Ended);
        links.Leave(link);
        link.End();
        // Why it ends is the last thing it is told, if it listens.
        over.CancelAfter(Patience);
        await writing;
        await over.CancelAsync();
        await reading;
        await link.CloseAsync();
    }

    // However one connection ends, the others and the hub go on.
    private async Task ContainAsync(AgentLink link, Task work)
    {
        try
        {
            await work;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            AgentLeft(logger, link.Session.Agent);
        }
        catch (StateException e)
        {
            // The agent keeps what it has and comes again.
            AgentUnserved(logger, link.Session.Agent, e.Message);
        }
        catch (Exception bug)
        {
            ServingThrew(logger, bug, link.Session.Agent);
        }
    }

    private async Task ReadAsync(AgentLink link, CancellationToken cancellation)
    {
        while (true)
        {
            var (frame, problem) = await link.Frames.ReadAsync(cancellation);
            if (problem is not null) AgentBroke(logger, link.Session.Agent, problem);
            if (frame is null) return;
            switch (link.Session.Receive(frame))
            {
                case HubEffect.Joined: await WelcomeAsync(link); break;
                case HubEffect.Results results: await ingest.AddAsync(new Arrival(link, results.Batch.FirstSeq, results.LastSeq, results.Batch, null), cancellation); break;
                case HubEffect.Missing missing: await ingest.AddAsync(new Arrival(link, missing.FirstSeq, missing.LastSeq, null, missing.Cause), cancellation); break;
                case HubEffect.Reply reply: link.Send(reply.Frame); break;
                case HubEffect.Left: return;
                case HubEffect.Broken broken:
                    AgentBroke(logger, link.Session.Agent, broken.Problem);
                    link.Send(new() { Refusal = new() { Reason = "protocol_error", Message = broken.Problem } });
                    return;
            }
        }
    }

    private async Task WelcomeAsync(AgentLink link)
    {
        var session = link.Session;
        await registry.Turn.WaitAsync();
        try
        {
            var committed = await database.WriteAsync(connection =>
            {
                // The built-in agent begins a new stream with each process; what it held of the old one is gone.
                if (session.Agent == CheckDefaults.BuiltInAgent) CursorTable.KeepOnly(connection, session.Agent, session.Epoch);
                return CursorTable.Find(connection, session.Agent, session.Epoch);
            });
            link.Send(session.Welcome(committed, Heartbeat));
            links.Join(link, registry.All);
        }
        finally
        {
            registry.Turn.Release();
        }
    }

    [LoggerMessage(301, LogLevel.Debug, "Agent {Agent} left.")]
    private static partial void AgentLeft(ILogger logger, string agent);

    [LoggerMessage(304, LogLevel.Error, "Serving agent {Agent} threw, and its connection ends.")]
    private static partial void ServingThrew(ILogger logger, Exception bug, string agent);

    [LoggerMessage(303, LogLevel.Error, "Agent {Agent} could not be served: {Problem}.")]
    private static partial void AgentUnserved(ILogger logger, string agent, string problem);

    [LoggerMessage(302, LogLevel.Warning, "Agent {Agent} broke the contract: {Problem}.")]
    private static partial void AgentBroke(ILogger logger, string agent, string problem);
}
