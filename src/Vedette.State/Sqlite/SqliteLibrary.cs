using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Vedette.State.Sqlite;

/// <summary>Binds the managed provider to the system's SQLite, so that the distribution patches it.</summary>
public static class SqliteLibrary
{
    private const string SystemName = "libsqlite3.so.0";

    private static readonly Lazy<bool> Bound = new(Bind);

    /// <summary>The version of the system's library; null when it is not installed.</summary>
    public static string? Version => Bound.Value ? raw.sqlite3_libversion().utf8_to_string() : null;

    /// <summary>Binds it once for the process.</summary>
    /// <exception cref="StateException">The library is not installed.</exception>
    internal static void EnsureBound()
    {
        if (!Bound.Value) throw new StateException($"{SystemName} is missing; install your system's SQLite library (Debian: libsqlite3-0)");
    }

    private static bool Bind()
    {
        if (!NativeLibrary.TryLoad(SystemName, out _)) return false;
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        return true;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == "e_sqlite3" && NativeLibrary.TryLoad(SystemName, out var library) ? library : 0;
}
