namespace Browser;

/// <summary>Tests of a hub that watches one target, as check <c>web</c>.</summary>
public abstract class HubTests : IAsyncLifetime
{
    internal Hub Hub { get; private set; } = null!;

    internal Target Target { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Hub = await Hub.StartAsync();
        await Hub.AddAsync(Target.Check("web"));
    }

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        await Target.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
