using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Vedette.State.Sqlite;

/// <summary>Copies of a database as one file: made, looked at, and put in the place of a database.</summary>
public static class DatabaseCopy
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // https://www.sqlite.org/fileformat.html#magic_header_string
    private static ReadOnlySpan<byte> Magic => "SQLite format 3\0"u8;

    /// <summary>Why a file cannot take the place of a database; null when it can.</summary>
    public static string? Refuse(string file)
    {
        SqliteLibrary.EnsureBound();
        if (!File.Exists(file)) return $"there is no file {file}";
        try
        {
            if (!HasMagic(file)) return $"{file} is not a backup of Vedette";
            using var connection = PreparingConnection.Open(file, SqliteOpenMode.ReadOnly);
            var version = Migrations.Version(connection);
            if (connection.Scalar("SELECT 1 FROM sqlite_master WHERE name = 'checks'") is null || version < 1) return $"{file} is not a backup of Vedette";
            if (version > Migrations.Latest) return string.Create(CultureInfo.InvariantCulture, $"{file} was written by a newer Vedette (version {version}, this one knows {Migrations.Latest}); use that one");

            // A last page that is cut off is no damage to SQLite.
            if (new FileInfo(file).Length != (long)connection.Scalar("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")!) return $"{file} is not whole; use another backup";
            return connection.Scalar("PRAGMA quick_check(1)") is "ok" ? null : $"{file} is damaged; use another backup";
        }
        catch (SqliteException e)
        {
            return e.SqliteErrorCode is 11 or 26 ? $"{file} is damaged; use another backup" : $"{file} cannot be read: {e.Message.TrimEnd('.')}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{file} cannot be read: {e.Message.TrimEnd('.')}";
        }
    }

    /// <summary>Puts a copy in the place of a data directory's database, which is kept beside it.</summary>
    /// <param name="file">One that <see cref="Refuse"/> has nothing against.</param>
    /// <param name="directory">The data directory, which nobody may be using.</param>
    /// <returns>Where the database that was there is now; null when there was none.</returns>
    /// <exception cref="StateException">It is in use or cannot be written.</exception>
    public static string? Restore(string file, string directory)
    {
        var target = Database.FileIn(directory);
        try
        {
            Directory.CreateDirectory(directory, Private | UnixFileMode.UserExecute);
            using var exclusive = Database.Lock(directory);
            var fresh = $"{target}.restored";
            CopyFile(file, fresh);
            var kept = File.Exists(target) ? $"{target}.before-restore" : null;
            if (kept is not null)
                foreach (var suffix in (string[])["", "-wal", "-shm"]) Move(target + suffix, kept + suffix);
            File.Move(fresh, target);
            return kept;
        }
        catch (Exception e) when (Database.Explain(e, directory, target) is { } sentence)
        {
            throw new StateException(sentence, e);
        }
    }

    // Private from its first byte, and durable when this returns.
    internal static void Make(SqliteConnection connection, string copy)
    {
        File.Delete(copy);
        using var file = new FileStream(copy, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite, UnixCreateMode = Private });
        connection.Execute("VACUUM INTO $1", copy);
        file.Flush(flushToDisk: true);
    }

    private static bool HasMagic(string file)
    {
        using var stream = File.OpenRead(file);
        var begins = new byte[Magic.Length];
        return stream.ReadAtLeast(begins, begins.Length, throwOnEndOfStream: false) == begins.Length && begins.AsSpan().SequenceEqual(Magic);
    }

    private static void CopyFile(string from, string to)
    {
        File.Delete(to);
        using var source = File.OpenRead(from);
        using var target = new FileStream(to, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Private });
        source.CopyTo(target);
        target.Flush(flushToDisk: true);
    }

    // The log of a database belongs to it: one without the other would lose what is not in the file yet, or spoil another file.
    private static void Move(string from, string to)
    {
        if (File.Exists(from)) File.Move(from, to, overwrite: true);
        else File.Delete(to);
    }
}
