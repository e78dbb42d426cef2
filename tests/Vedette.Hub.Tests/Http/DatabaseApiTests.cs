using System.Net;
using System.Text.Json;
using Vedette.Hub.Upkeep;
using Vedette.State.Sqlite;
using static Vedette.Hub.Tests.Samples;

namespace Vedette.Hub.Tests.Http;

public sealed class DatabaseApiTests : IAsyncLifetime
{
    private RunningHub hub = null!;

    public async ValueTask InitializeAsync() => hub = await RunningHub.WithRunsAsync(Run(Status.Up, 1), Run(Status.Up, 2), Run(Status.Up, 3));

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    [Fact]
    public async Task A_backup_taken_while_it_runs_is_sound_and_leaves_nothing_behind()
    {
        var file = Path.Combine(hub.Data, "copy");
        await File.WriteAllBytesAsync(file, await hub.Http.GetByteArrayAsync("/api/v1/backup"));
        DatabaseCopy.Refuse(file).ShouldBeNull();
        using (var copy = new DatabaseReads(file)) Verifier.Verify(copy, CancellationToken.None).ShouldSatisfyAllConditions(found => found.IsSound.ShouldBeTrue(), found => found.Pieces.ShouldBe(3));
        Directory.GetFiles(hub.Data, "*.backup").ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_sound_is_found_sound() => (await VerifyAsync()).ShouldSatisfyAllConditions(found => found.IsSound.ShouldBeTrue(), found => found.Pieces.ShouldBe(3));

    [Fact]
    public async Task What_is_damaged_is_named_and_everything_else_is_read()
    {
        hub.Behind("UPDATE history_batches SET batch = x'00' WHERE number = 2");
        var damaged = (await VerifyAsync()).Damaged.ShouldHaveSingleItem();
        (damaged.Piece, damaged.From, damaged.To).ShouldBe(("batch 2", At.AddSeconds(2), At.AddSeconds(2)));
        (await hub.ResultsAsync("a")).Select(result => result.Seq).ShouldBe([1UL, 3UL]);
    }

    [Fact]
    public async Task It_needs_the_token_and_only_reading()
    {
        (await hub.SendAsync("POST", "/api/v1/backup")).Status.ShouldBe(HttpStatusCode.MethodNotAllowed);
        using var stranger = new HttpClient { BaseAddress = hub.Address };
        (await stranger.GetAsync("/api/v1/backup")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await stranger.GetAsync("/api/v1/verify")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private async Task<Verification> VerifyAsync() => JsonSerializer.Deserialize(await hub.Http.GetStringAsync("/api/v1/verify"), ApiJson.Readable.Verification)!;
}
