namespace Vedette.History.Tests;

/// <summary>Tests of a history in which there are two checks, with the keys 1 and 2.</summary>
public abstract class HistoryOfTwoChecks : IAsyncLifetime
{
    private protected readonly StoredHistory history = new();

    public async ValueTask InitializeAsync()
    {
        (await history.AddCheckAsync("one")).ShouldBe(1);
        (await history.AddCheckAsync("two")).ShouldBe(2);
    }

    public async ValueTask DisposeAsync()
    {
        await history.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
