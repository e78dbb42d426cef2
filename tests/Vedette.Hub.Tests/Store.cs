using Vedette.Hub.Checks;
using Vedette.State;
using Vedette.State.Sqlite;
using static Vedette.Hub.Tests.Samples;

namespace Vedette.Hub.Tests;

/// <summary>A database in a directory of its own, and the checks of it that are watched; gone when disposed.</summary>
internal sealed class Store : IAsyncDisposable
{
    public Store() => Database = Database.Open(Directory);

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("vedette-hub-").FullName;

    public Database Database { get; }

    public CheckRegistry Registry { get; } = new();

    /// <summary>Adds the sample check, and gives its key.</summary>
    public async Task<long> AddCheckAsync()
    {
        var key = await Database.WriteAsync(connection => CheckTable.Insert(connection, Check(), Lifecycle.Active, At));
        Registry.Put(new CheckRecord(key, Check(), Lifecycle.Active, At, At));
        return key;
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        Registry.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
