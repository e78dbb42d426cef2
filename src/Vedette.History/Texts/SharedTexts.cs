using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.History;

/// <summary>
/// Long texts that many results have, certificates or answers, each stored once. It stays until the latest of the results it was stored for is
/// let go of, so no count of those that refer to it is needed. Numbers are never given twice.
/// </summary>
internal static class SharedTexts
{
    private const int HashSize = 16;

    // Whoever keeps a text longer rounds up to this, so that one that comes again and again is not written each time.
    private const long Rounding = 3_600_000_000;

    /// <summary>How a text stands that is to be kept. To be asked before the transaction: one that meets damage cannot be committed any more.</summary>
    public static SharedText Look(DatabaseReads database, string text)
    {
        var hash = Hash(text);
        try
        {
            var same = database.ReadSound(connection => connection.Scalar("SELECT text = $2 FROM history_texts WHERE hash = $1", hash, text));
            return new(text, hash, HasChanged: same is 0L, IsLost: false);
        }
        catch (InvalidDataException)
        {
            return new(text, hash, HasChanged: false, IsLost: true);
        }
    }

    /// <summary>Stores texts, or keeps them for longer; their numbers. One that can be neither read nor replaced has none.</summary>
    /// <param name="connection">The writing one.</param>
    /// <param name="texts">Each once.</param>
    /// <param name="lastAt">The latest slot they are needed for, in microseconds since the Unix epoch.</param>
    public static Dictionary<string, long> Keep(SqliteConnection connection, IEnumerable<SharedText> texts, long lastAt)
    {
        var until = (lastAt / Rounding * Rounding) + Rounding;
        var ids = new Dictionary<string, long>();
        foreach (var text in texts)
            if (!text.IsLost) ids[text.Text] = Keep(connection, text, until);
        return ids;
    }

    /// <summary>The text of a number; null when it is gone.</summary>
    /// <exception cref="InvalidDataException">It is not what was stored.</exception>
    public static string? Find(SqliteConnection connection, long id)
    {
        var found = connection.Rows("SELECT hash, text FROM history_texts WHERE id = $1", row => (Hash: row.GetFieldValue<byte[]>(0), Text: row.GetString(1)), id);
        if (found.Count == 0) return null;
        return Hash(found[0].Text).AsSpan().SequenceEqual(found[0].Hash) ? found[0].Text : throw new InvalidDataException("it is not what was stored");
    }

    /// <summary>The number of the text after one; null after the last.</summary>
    public static long? Next(SqliteConnection connection, long id) => (long?)connection.Scalar("SELECT min(id) FROM history_texts WHERE id > $1", id);

    /// <summary>Deletes some of those that nothing refers to any more; how many.</summary>
    public static int Delete(SqliteConnection connection, DateTimeOffset before, int most) =>
        connection.Execute("DELETE FROM history_texts WHERE id IN (SELECT id FROM history_texts WHERE last_at < $1 ORDER BY last_at LIMIT $2)", Sql.Microseconds(before), most);

    private static long Keep(SqliteConnection connection, SharedText shared, long until)
    {
        var known = connection.Rows("SELECT id, last_at FROM history_texts WHERE hash = $1", row => (Id: row.GetInt64(0), LastAt: row.GetInt64(1)), shared.Hash);
        if (known is not [var (id, lastAt)]) return (long)connection.Scalar("INSERT INTO history_texts (hash, last_at, text) VALUES ($1, $2, $3) RETURNING id", shared.Hash, until, shared.Text)!;
        if (shared.HasChanged) connection.Execute("UPDATE history_texts SET text = $2 WHERE id = $1", id, shared.Text);
        if (lastAt < until) connection.Execute("UPDATE history_texts SET last_at = $2 WHERE id = $1", id, until);
        return id;
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text))[..HashSize];
}
