using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Vedette.History;
using Vedette.Hub.Agents;
using Vedette.Hub.Http;
using Vedette.State.Sqlite;
using Vedette.Wire;
using static Vedette.Hub.Tests.Samples;

namespace Vedette.Hub.Tests.Http;

public sealed class ResultsStreamTests : IAsyncDisposable
{
    private const int Batches = 40;

    private readonly Store store = new();
    private readonly List<HistoryDamage> met = [];

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task Who_leaves_while_a_day_is_sent_ends_the_reading_of_it()
    {
        var key = await FillAsync();
        using var aborted = new CancellationTokenSource();
        await using var body = new Leaving(aborted);
        await Should.ThrowAsync<OperationCanceledException>(() => AskAsync(key, body, aborted.Token));
        body.Length.ShouldBeGreaterThan(0);
        met.ShouldBeEmpty("the last batch was read though nobody listened any more");
    }

    [Fact]
    public async Task Who_stays_gets_all_of_it()
    {
        var key = await FillAsync();
        await using var body = new MemoryStream();
        await AskAsync(key, body, CancellationToken.None);
        JsonSerializer.Deserialize(body.ToArray(), ApiJson.Readable.IReadOnlyListResult)!.Count.ShouldBe(Batches - 1);
        met.ShouldHaveSingleItem();
    }

    // The last batch is damaged, so that it is known when somebody comes to it.
    private async Task<long> FillAsync()
    {
        var key = await store.AddCheckAsync();
        await store.Database.WriteAsync(connection =>
        {
            for (var number = 1; number <= Batches; number++)
            {
                var run = Run(Status.Up, number, key: key, details: $$"""{"text":"{{new string('x', 20_000)}}"}""");
                HistoryWriter.Append(connection, "local", "9f", BatchEncoder.Encode((ulong)number, [run]), [run]);
            }

            return connection.Execute("UPDATE history_batches SET batch = x'00' WHERE number = $1", Batches);
        });
        return key;
    }

    private async Task AskAsync(long key, Stream body, CancellationToken aborted)
    {
        var context = new DefaultHttpContext { RequestAborted = aborted };
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        context.Request.QueryString = new QueryString("?from=2026-01-01T00:00:00Z");
        await new HistoryEndpoints(new HistoryReader(store.Database.Reads, met.Add), store.Database, new AgentLinks(), TimeProvider.System).AnswerAsync(context, store.Registry.Find(key)!, "results");
        await context.Response.CompleteAsync();
    }

    /// <summary>Takes the first bytes and hangs up.</summary>
    private sealed class Leaving(CancellationTokenSource aborted) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await base.WriteAsync(buffer, cancellationToken);
            await aborted.CancelAsync();
        }
    }
}
