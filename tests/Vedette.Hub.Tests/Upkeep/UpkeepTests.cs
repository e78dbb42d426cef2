using Vedette.State;
using Vedette.State.Sqlite;

namespace Vedette.Hub.Tests.Upkeep;

/// <summary>Tests of a loop that keeps a database in order, by a clock that goes on only when told to.</summary>
public abstract class UpkeepTests : IAsyncDisposable
{
    private protected static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private protected readonly string directory = Directory.CreateTempSubdirectory("vedette-upkeep-").FullName;
    private protected readonly HeldTime time = new(Start);
    private protected readonly CancellationTokenSource stop = new();
    private protected readonly Database database;

    private Task running = Task.CompletedTask;

    protected UpkeepTests() => database = Database.Open(directory);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await database.DisposeAsync();
        stop.Dispose();
        Directory.Delete(directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected Task<long> AddCheckAsync(string id) => database.WriteAsync(connection => CheckTable.Insert(
        connection, new Check { Id = id, Kind = "icmp", Target = "192.0.2.1", Interval = TimeSpan.FromSeconds(30), Timeout = TimeSpan.FromSeconds(5) }, Lifecycle.Active, Start));

    private protected void Run(Func<CancellationToken, Task> loop) => running = loop(stop.Token);

    // A pass is over when the loop waits for the next.
    private protected async Task PassAsync()
    {
        await time.ReleaseAsync();
        await (await Task.WhenAny(running, time.Waiting).WaitAsync(TimeSpan.FromSeconds(30)));
    }
}
