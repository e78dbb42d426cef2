using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Vedette.History;
using Vedette.Hub.Agents;
using Vedette.Hub.Checks;
using Vedette.Hub.Configuration;
using Vedette.Hub.Http;
using Vedette.Hub.Ingest;
using Vedette.Hub.Live;
using Vedette.Hub.ResultLog;
using Vedette.Hub.Upkeep;
using Vedette.Metrics;
using Vedette.State;
using Vedette.State.Sqlite;

namespace Vedette.Hub;

/// <summary>A hub: owns checks, receives results, judges, stores and shows.</summary>
public sealed class HubHost : IAsyncDisposable
{
    private const string BegunProjection = "first-checks";

    private readonly Database database;
    private readonly CheckRegistry registry = new();
    private readonly AgentLinks links = new();
    private readonly LiveStream live = new();
    private readonly IngestLoop ingest;
    private readonly RetentionLoop retention;
    private readonly CompactionLoop compaction;
    private readonly HistoryReader history;
    private readonly AgentDesk desk;
    private readonly CheckService checks;
    private readonly ConfigurationLoop? configuration;
    private readonly HubOptions options;
    private readonly AdminToken token;
    private readonly DatabaseEndpoints whole;
    private readonly HubServer server;
    private readonly MeterReading meters = new([Telemetry.Name, "System.Runtime"]);
    private readonly ResultLogWriter resultLog;

    /// <summary>Opens the data directory and takes in what it holds.</summary>
    /// <exception cref="StateException">The data cannot be used; the message says why and what to do.</exception>
    public HubHost(HubOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        this.options = options;
        database = Database.Open(options.DataDirectory);
        token = AdminToken.LoadOrMake(options.DataDirectory);
        ingest = new IngestLoop(database, registry, links, live, options.Catalogue, time, loggers.CreateLogger<IngestLoop>());
        var damage = new DamageReport(loggers.CreateLogger<DamageReport>());
        if (database.Loss is { } loss) damage.Tell(loss, Database.FileIn(options.DataDirectory));
        if (database.Read(UnusedPages.Any)) damage.TellOfUnusedPages(Database.FileIn(options.DataDirectory));
        history = new HistoryReader(database.Reads, damage.Tell);
        var changes = new CheckChanges(registry, links, live, options.Catalogue, time);
        var applying = new Applying(database, registry, changes, options.Catalogue, time);
        if (options.Configuration is { } source) configuration = new ConfigurationLoop(source, applying, database, options.Catalogue, time, loggers.CreateLogger<ConfigurationLoop>());
        retention = new RetentionLoop(database, () => configuration?.State.Retention ?? RetentionTerms.Default, time, loggers.CreateLogger<RetentionLoop>());
        desk = new AgentDesk(database, registry, links, ingest, loggers.CreateLogger<AgentDesk>());
        checks = new CheckService(database, registry, changes, options.Catalogue, time);
        resultLog = new ResultLogWriter(options.DataDirectory, database, registry, time, loggers.CreateLogger<ResultLogWriter>());
        var followed = new FollowedHistory(database, () => resultLog.Noted, loggers.CreateLogger<FollowedHistory>());
        compaction = new CompactionLoop(database, new Compactor(database, damage.Tell), followed.UpTo, time, loggers.CreateLogger<CompactionLoop>());
        var endpoints = new CheckEndpoints(checks, registry, new HistoryEndpoints(history, database, links, time), options.Catalogue, time);
        var documents = new ConfigurationEndpoints(applying, registry, options.Catalogue);
        whole = new DatabaseEndpoints(database, options.DataDirectory);
        server = new HubServer(options.Listen, token, endpoints, new IdEndpoint(registry), documents, whole, new StreamEndpoint(live, time), new MetricsEndpoint(registry, configuration, options.Catalogue, meters), () => ingest.NotReady, loggers);
    }

    /// <summary>How many checks it has.</summary>
    public int CheckCount => registry.All.Count;

    /// <summary>The secret that the API asks for.</summary>
    public string Token => token.Value;

    /// <summary>Takes in what the database holds.</summary>
    /// <exception cref="StateException">It cannot be read.</exception>
    public void Load()
    {
        var standings = database.Read(StandingTable.All).ToLookup(row => row.CheckKey, row => KeyValuePair.Create(row.Agent, row.Standing));
        foreach (var record in Recall().Values) registry.Put(record with { Standings = record.Standings.AddRange(standings[record.Key]) });
    }

    /// <summary>Stores what agents send until stopped; to be supervised.</summary>
    public Task IngestAsync(CancellationToken stop) => ingest.RunAsync(stop);

    /// <summary>Writes the readable log of results until stopped; to be supervised.</summary>
    public Task LogResultsAsync(CancellationToken stop) => resultLog.RunAsync(stop);

    /// <summary>Lets go of what is too old or too much until stopped; to be supervised.</summary>
    public Task RetainAsync(CancellationToken stop) => retention.RunAsync(stop);

    /// <summary>Compacts history until stopped; to be supervised.</summary>
    public Task CompactAsync(CancellationToken stop) => compaction.RunAsync(stop);

    /// <summary>Applies the configuration file, if there is one; what is wrong with it when there is no earlier one to go on with, a line a problem.</summary>
    public async Task<IReadOnlyList<string>> ConfigureAsync() => configuration is null ? [] : await configuration.BeginAsync();

    /// <summary>Follows the configuration file until stopped, if there is one; to be supervised.</summary>
    public Task FollowConfigurationAsync(CancellationToken stop) => configuration?.RunAsync(stop) ?? Task.CompletedTask;

    /// <summary>Serves one agent to the end of its connection.</summary>
    public Task ServeAgentAsync(IDuplexPipe pipe, CancellationToken stop) => desk.ServeAsync(pipe, stop);

    /// <summary>Serves the API and the page from now on, adding the first checks to a new database; the address they are at.</summary>
    /// <exception cref="IOException">The address is in use.</exception>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public async Task<IPEndPoint> StartHttpAsync()
    {
        var address = await server.StartAsync();
        // Only now, because the first checks may name the address, which turned out to be free.
        await BeginAsync();
        return address;
    }

    private async Task BeginAsync()
    {
        if (database.Read(connection => ProjectionTable.Find(connection, BegunProjection)) > 0) return;
        foreach (var draft in options.FirstChecks) await checks.AddAsync(draft);
        await database.WriteAsync(connection => ProjectionTable.Put(connection, BegunProjection, 1));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        whole.Dispose();
        await database.DisposeAsync();
        meters.Dispose();
        registry.Dispose();
    }

    private CheckRecord Load(StoredCheck stored) =>
        new(stored.Key, stored.Check, stored.Lifecycle, stored.LifecycleSince, stored.CreatedAt) { Origin = stored.Origin, SlotsSince = stored.SlotsSince, LatencyPhase = options.Catalogue.Find(stored.Check.Kind)?.LatencyPhase };

    private Dictionary<long, CheckRecord> Recall()
    {
        var records = database.Read(CheckTable.All).ToDictionary(stored => stored.Key, stored => Load(stored));
        foreach (var run in history.NewestOfEach(records.ToDictionary(record => record.Key, record => record.Value.Check), RecentRuns.Most).SelectMany(runs => runs))
            records[run.CheckKey] = records[run.CheckKey].WithJudged(run);
        return records;
    }
}
