using System.Globalization;
using Microsoft.Data.Sqlite;
using Vedette.Linux.Host;

namespace Vedette.State.Sqlite;

/// <summary>Copies of a database as one file: made, looked at, and put in the place of a database.</summary>
public static class DatabaseCopy
{
    // What the names of unfinished copies add to that of a database: one that is being copied, one that is whole and to be put in place, a backup to be sent.
    private const string Coming = ".restoring";
    private const string Restored = ".restored";
    private const string Copied = ".backup";

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

    /// <summary>Puts a copy in the place of a data directory's database, which is kept beside it, as <c>.before-restore</c> with a number when that name is taken.</summary>
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
            CopyFile(file, target + Coming);
            Settle(target);
            File.Move(target + Coming, target + Restored, overwrite: true);
            DirectoryNames.Flush(directory);
            var kept = File.Exists(target) ? Kept(target, LastKept(target) + 1) : null;
            PutInPlace(target, kept ?? Kept(target, LastKept(target) + 1));
            return kept;
        }
        catch (Exception e) when (Database.Explain(e, directory, target) is { } sentence)
        {
            throw new StateException(sentence, e);
        }
    }

    /// <summary>Ends a restore that a power cut broke off between two names, and removes what unfinished copies left. For whoever holds the lock.</summary>
    internal static void Tidy(string directory)
    {
        var target = Database.FileIn(directory);
        Settle(target);
        foreach (var leftover in (string[])[Coming, Restored, Copied]) File.Delete(target + leftover);
    }

    internal static void Make(SqliteConnection connection, string copy) => Write(copy, _ =>
    {
        connection.Execute("VACUUM INTO $1", copy);
        using var made = PreparingConnection.Open(copy, SqliteOpenMode.ReadWrite);

        // Of the first versions not all have the table.
        if (made.Scalar("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'") is not null && UnusedPages.Any(made)) UnusedPages.Forget(made);
    });

    // Private from its first byte, durable when this returns, and gone when it throws: what is left of it would only take the room that it lacked.
    private static void Write(string copy, Action<FileStream> fill)
    {
        var whole = false;
        try
        {
            File.Delete(copy);
            using var file = new FileStream(copy, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite, UnixCreateMode = Private });
            fill(file);
            file.Flush(flushToDisk: true);
            whole = true;
        }
        finally
        {
            if (!whole && File.Exists(copy)) File.Delete(copy);
        }
    }

    // The copy is whole from the moment it has this name, so with no database beside it everything is known that is to be done.
    private static void Settle(string target)
    {
        if (File.Exists(target + Restored) && !File.Exists(target)) PutInPlace(target, Kept(target, Math.Max(LastKept(target), 1)));
    }

    // The log of a database belongs to it: one without the other would lose what is not in the file yet, or spoil another file.
    private static void PutInPlace(string target, string kept)
    {
        var directory = Path.GetDirectoryName(target)!;
        foreach (var part in (string[])["", "-wal", "-shm"])
            if (File.Exists(target + part)) File.Move(target + part, kept + part);
        DirectoryNames.Flush(directory);
        File.Move(target + Restored, target);
        DirectoryNames.Flush(directory);
    }

    private static string Kept(string target, int number) => number == 1 ? $"{target}.before-restore" : string.Create(CultureInfo.InvariantCulture, $"{target}.before-restore-{number}");

    // The number of the database that was set aside last; 0 when none is there.
    private static int LastKept(string target)
    {
        var first = Kept(target, 1);
        var last = File.Exists(first) ? 1 : 0;
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(target)!, $"{Path.GetFileName(first)}-*"))
            if (int.TryParse(file.AsSpan(first.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) last = Math.Max(last, number);
        return last;
    }

    private static bool HasMagic(string file)
    {
        using var stream = File.OpenRead(file);
        var begins = new byte[Magic.Length];
        return stream.ReadAtLeast(begins, begins.Length, throwOnEndOfStream: false) == begins.Length && begins.AsSpan().SequenceEqual(Magic);
    }

    private static void CopyFile(string from, string to)
    {
        using var source = File.OpenRead(from);
        Write(to, source.CopyTo);
    }
}
