using Microsoft.Extensions.Logging.Abstractions;
using Vedette.Hub.Agents;
using Vedette.Hub.Ingest;
using Vedette.Hub.Live;
using Vedette.State;
using Vedette.State.Sqlite;
using Vedette.Wire;
using static Vedette.Hub.Tests.Samples;

namespace Vedette.Hub.Tests.Ingest;

public sealed class IngestLoopTests : IAsyncDisposable
{
    private const int Batches = 200;

    private readonly Store store = new();
    private readonly AgentLinks links = new();
    private readonly IngestLoop ingest;
    private readonly AgentLink link = Connect("local");
    private readonly AgentLink last = Connect("last");

    public IngestLoopTests() =>
        ingest = new IngestLoop(store.Database, store.Registry, links, new LiveStream(), new Catalogue(Kind), TimeProvider.System, NullLogger<IngestLoop>.Instance);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task What_waits_behind_a_batch_that_was_not_stored_is_not_stored_either()
    {
        await FillAsync();
        await store.Database.WriteAsync(connection => connection.Execute("CREATE TRIGGER full BEFORE INSERT ON history_batches WHEN NOT EXISTS (SELECT 1 FROM cursors WHERE committed_seq > 1) BEGIN SELECT RAISE(FAIL, 'full'); END"));
        await RunAsync();
        store.Database.Read(connection => connection.Scalar("SELECT count(*) FROM history_batches")).ShouldBe(0L);
        store.Database.Read(connection => CursorTable.Find(connection, "local", link.Session.Epoch)).ShouldBe(0UL);
        link.Ended.IsCompleted.ShouldBeTrue();
        links.Names.ShouldBe(["last"]);
    }

    [Fact]
    public async Task A_batch_that_would_leave_a_hole_ends_its_connection_instead()
    {
        await FillAsync(from: 2);
        await RunAsync();
        store.Database.Read(connection => CursorTable.Find(connection, "local", link.Session.Epoch)).ShouldBe(0UL);
        link.Ended.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task Everything_that_waits_is_stored_in_its_order()
    {
        await FillAsync();
        await RunAsync();
        store.Database.Read(connection => connection.Scalar("SELECT count(*) FROM history_batches")).ShouldBe((long)Batches);
        store.Database.Read(connection => CursorTable.Find(connection, "local", link.Session.Epoch)).ShouldBe((ulong)Batches);
        ingest.NotReady.ShouldBeNull();
    }

    [Fact]
    public async Task A_batch_that_makes_the_hub_fail_is_passed_over_as_a_gap_and_all_others_are_stored()
    {
        await FillAsync();
        var unreadable = BatchEncoder.Encode(Batches + 1, [Run(Status.Up), Run(Status.Up, 1)]);
        unreadable.Shape[1] = 99;
        await ingest.AddAsync(new Arrival(link, Batches + 1, Batches + 2, unreadable, null), CancellationToken.None);
        await AddAsync(link, Batches + 3, Run(Status.Up, Batches + 3));
        await AddAsync(last, 2, Run(Status.Up, key: 0));
        await RunAsync(lastSeq: 2);
        store.Database.Read(connection => connection.Scalar("SELECT count(*) FROM history_batches")).ShouldBe(Batches + 1L);
        store.Database.Read(connection => CursorTable.Find(connection, "local", link.Session.Epoch)).ShouldBe(Batches + 3UL);
        ((string)store.Database.Read(connection => connection.Scalar("SELECT detail FROM events WHERE kind = 'gap'"))!).ShouldStartWith($"results {Batches + 1} to {Batches + 2} are lost: the hub failed to take them in: ");
        link.Ended.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Having_nothing_to_store_does_not_make_a_hub_ready_whose_disk_refused()
    {
        await FillAsync(lastSeq: 2);
        await store.Database.WriteAsync(connection => connection.Execute("CREATE TRIGGER full BEFORE INSERT ON history_batches BEGIN SELECT RAISE(FAIL, 'full'); END"));
        using var over = new CancellationTokenSource();
        var running = ingest.RunAsync(over.Token);
        await last.Ended.WaitAsync(TestAgent.Patience, TestContext.Current.CancellationToken);
        await over.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
        ingest.NotReady.ShouldNotBeNull().ShouldContain("full");
    }

    private static AgentLink Connect(string name)
    {
        var made = new AgentLink(DuplexPipe.CreatePair().Near);
        made.Session.Receive(new AgentSession(name, new byte[16]).Hello(1, Batches));
        made.Session.Welcome(0, TimeSpan.FromSeconds(10));
        return made;
    }

    // All of them wait before the first is stored.
    private async Task FillAsync(int from = 1, int lastSeq = 1)
    {
        var key = await store.AddCheckAsync();
        links.Join(link, store.Registry.All);
        links.Join(last, store.Registry.All);
        for (var seq = from; seq < from + Batches; seq++) await AddAsync(link, seq, Run(Status.Up, seq, key: key));
        await AddAsync(last, lastSeq, Run(Status.Up, key: 0));
    }

    private async Task AddAsync(AgentLink from, int seq, Result result)
    {
        var batch = BatchEncoder.Encode((ulong)seq, [result]);
        await ingest.AddAsync(new Arrival(from, batch.FirstSeq, batch.FirstSeq, batch, null), CancellationToken.None);
    }

    // The last to have been added is of another agent, which nothing is wrong with.
    private async Task RunAsync(ulong lastSeq = 1)
    {
        using var over = new CancellationTokenSource();
        var running = ingest.RunAsync(over.Token);
        while (true)
        {
            var change = store.Registry.Changed;
            if (store.Database.Read(connection => CursorTable.Find(connection, "last", last.Session.Epoch)) == lastSeq) break;
            await change.WaitAsync(TestAgent.Patience, TestContext.Current.CancellationToken);
        }

        await over.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
    }
}
