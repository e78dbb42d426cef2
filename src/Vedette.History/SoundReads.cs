using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.History;

/// <summary>Reads of history, of which damaged pages cost only what stands on them.</summary>
internal static class SoundReads
{
    /// <summary>Reads one piece, as <see cref="DatabaseReads.Read"/> does.</summary>
    /// <exception cref="InvalidDataException">The pages of it are damaged; who asks for another may well get it.</exception>
    public static T ReadSound<T>(this DatabaseReads database, Func<SqliteConnection, T> read) => database.Read(connection =>
    {
        try
        {
            return read(connection);
        }
        catch (SqliteException e) when (e.IsDamage)
        {
            throw new InvalidDataException("the database is damaged there", e);
        }
    });

    extension(SqliteException refusal)
    {
        /// <summary>Whether pages are damaged; what they hold can be neither read nor replaced (https://www.sqlite.org/rescode.html#corrupt).</summary>
        public bool IsDamage => refusal.SqliteErrorCode == 11;
    }
}
