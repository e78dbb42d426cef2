using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Vedette.State.Sqlite;

/// <summary>Brings a database to this program's version, one numbered script after the other, each in a transaction of its own.</summary>
internal static class Migrations
{
    private static readonly string[] Scripts = [.. typeof(Migrations).Assembly.GetManifestResourceNames().Order(StringComparer.Ordinal)];

    /// <summary>The version that this program writes.</summary>
    public static int Latest => Scripts.Length;

    /// <summary>That of a database; 0 of an empty one.</summary>
    public static int Version(SqliteConnection connection) => Convert.ToInt32(connection.Scalar("PRAGMA user_version"), CultureInfo.InvariantCulture);

    /// <summary>Runs what is missing. Before each script a copy of a database that holds something is kept beside it, as <c>.before-vN</c>.</summary>
    /// <exception cref="StateException">The database was written by a newer program.</exception>
    public static void Run(SqliteConnection connection, string path)
    {
        var version = Version(connection);
        if (version > Latest)
            throw new StateException(string.Create(CultureInfo.InvariantCulture, $"{path} was written by a newer Vedette (version {version}, this one knows {Latest}); start that one, or restore the copy kept before its migration"));
        var isNew = version == 0;
        while (version++ < Latest)
        {
            if (!isNew) DatabaseCopy.Make(connection, string.Create(CultureInfo.InvariantCulture, $"{path}.before-v{version}"));
            Apply(connection, version);
        }
    }

    private static void Apply(SqliteConnection connection, int version)
    {
        using var stream = typeof(Migrations).Assembly.GetManifestResourceStream(Scripts[version - 1])!;
        using var reader = new StreamReader(stream);
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"{reader.ReadToEnd()}; PRAGMA user_version = {version}");
        command.ExecuteNonQuery();
        transaction.Commit();
    }
}
