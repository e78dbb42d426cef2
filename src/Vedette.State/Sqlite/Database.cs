using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Vedette.State.Sqlite;

/// <summary>
/// The embedded database: one file, one connection that writes, on a thread of its own. Whatever was asked for while a commit was being made
/// durable shares the next one, so that many small writes cost few flushes.
/// </summary>
public sealed class Database : IAsyncDisposable
{
    private const int MostWaiting = 4096;
    private const int MostGrouped = 1000;

    // errno(3), which an IOException has for its result: EWOULDBLOCK of flock(2), ENOSPC.
    private const int WouldBlock = 11;
    private const int NoSpace = 28;

    // The limit gives back what the log of a large transaction took, once it is checkpointed.
    private static readonly string[] WriterPragmas = ["journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 5000", "journal_size_limit = 67108864"];

    private readonly string path;
    private readonly FileStream exclusive;
    private readonly PreparingConnection writer;
    private readonly Channel<Write> waiting = Channel.CreateBounded<Write>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private readonly Thread writing;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Database(string path, FileStream exclusive, PreparingConnection writer, BatchLoss? loss)
    {
        (this.path, this.exclusive, this.writer, Reads, Loss) = (path, exclusive, writer, new DatabaseReads(path), loss);
        writing = new Thread(WriteLoop) { Name = "vedette-db", IsBackground = true };
        writing.Start();
    }

    /// <summary>The file of a data directory.</summary>
    public static string FileIn(string directory) => Path.Combine(directory, "vedette.db");

    /// <summary>Opens <c>vedette.db</c> in a directory, making both as needed (0700, 0600), and brings it to this program's version.</summary>
    /// <exception cref="StateException">Another process uses it, it cannot be written, it is damaged, or it is of a newer version.</exception>
    public static Database Open(string directory)
    {
        SqliteLibrary.EnsureBound();
        var file = FileIn(directory);
        FileStream? held = null;
        PreparingConnection? connection = null;
        try
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            held = Lock(directory);
            DatabaseCopy.Tidy(directory);
            MakePrivate(file);
            connection = PreparingConnection.Open(file, SqliteOpenMode.ReadWriteCreate, WriterPragmas);
            Migrations.Run(connection, file);
            return new Database(file, held, connection, BatchRescue.Run(connection, file, "synchronous = FULL", "busy_timeout = 5000"));
        }
        catch (Exception e)
        {
            connection?.Dispose();
            held?.Dispose();
            if (Explain(e, directory, file) is { } sentence) throw new StateException(sentence, e);
            throw;
        }
    }

    /// <summary>
    /// Runs work on the writing connection inside the shared transaction. The task ends when the commit is durable. Work that throws is
    /// rolled back alone and fails only its own task.
    /// </summary>
    public Task<T> WriteAsync<T>(Func<SqliteConnection, T> work) => AddAsync(work, isAlone: false);

    /// <summary>
    /// Runs work in a transaction of its own, after all that waits at that moment: for housekeeping, which no result is to wait for.
    /// </summary>
    public Task<T> WriteAloneAsync<T>(Func<SqliteConnection, T> work) => AddAsync(work, isAlone: true);

    /// <summary>What was lost of the batches that wait, when their pages were damaged and had to be made anew at the start; null when they were sound.</summary>
    public BatchLoss? Loss { get; }

    /// <summary>Where it is read.</summary>
    public DatabaseReads Reads { get; }

    /// <summary>Reads on a connection that cannot write, see <see cref="DatabaseReads.Read"/>.</summary>
    /// <exception cref="StateException">It is damaged or cannot be read.</exception>
    public T Read<T>(Func<SqliteConnection, T> work) => Reads.Read(work);

    /// <summary>Writes a copy of all of it as it is at this moment, private to this user, while it goes on being used.</summary>
    /// <param name="copy">A file; what was there is replaced.</param>
    /// <exception cref="StateException">The copy cannot be written, or the database is damaged.</exception>
    public void CopyTo(string copy)
    {
        try
        {
            using var connection = PreparingConnection.Open(path, SqliteOpenMode.ReadWrite, "busy_timeout = 5000", "wal_autocheckpoint = 0");
            DatabaseCopy.Make(connection, copy);
        }
        catch (SqliteException e)
        {
            throw new StateException(Explanation.Of(e, e.SqliteErrorCode is 11 or 26 ? path : copy, "could not be written"), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StateException($"{copy} could not be written: {e.Message.TrimEnd('.')}; see to its disk and its owner", e);
        }
    }

    /// <summary>Finishes what waits, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await ended.Task;
        Reads.Dispose();
        await writer.DisposeAsync();
        await exclusive.DisposeAsync();
    }

    /// <summary>Takes a data directory for this process alone, until it is disposed.</summary>
    /// <exception cref="StateException">Another has it.</exception>
    internal static FileStream Lock(string directory)
    {
        try
        {
            return new(Path.Combine(directory, "vedette.lock"), new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            throw new StateException($"the data directory {directory} is in use by another vedette; stop that one, or give another with --data", e);
        }
    }

    // SQLite gives its -wal and -shm files the mode of the database, so making it first keeps all three private.
    private static void MakePrivate(string path)
    {
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
    }

    internal static string? Explain(Exception exception, string directory, string path) => exception switch
    {
        IOException when File.Exists(directory) => $"the data directory {directory} cannot be used: it is a file; give another with --data",
        UnauthorizedAccessException or DirectoryNotFoundException or FileNotFoundException => $"the data directory {directory} cannot be written; give another with --data, or change its owner",
        IOException { HResult: NoSpace } => $"the data directory {directory} cannot be written: its disk is full; make room there",
        IOException e => $"the data directory {directory} cannot be used: {e.Message.TrimEnd('.')}; give another with --data",
        SqliteException e => Explanation.Of(e, path, "cannot be used"),
        _ => null,
    };

    private async Task<T> AddAsync<T>(Func<SqliteConnection, T> work, bool isAlone)
    {
        var write = new Write(connection => work(connection), isAlone);
        await waiting.Writer.WriteAsync(write);
        return (T)(await write.Done.Task)!;
    }

    // A dedicated thread, because a flush blocks it for milliseconds and the pool's threads belong to the checks.
    private void WriteLoop()
    {
        var group = new List<Write>(MostGrouped);
        using var available = new AutoResetEvent(initialState: false);
        while (Take(group, available))
        {
            Commit(group.FindAll(write => !write.IsAlone));
            foreach (var alone in group.FindAll(write => write.IsAlone)) Commit([alone]);
            group.Clear();
        }

        ended.TrySetResult();
    }

    private bool Take(List<Write> group, AutoResetEvent available)
    {
        while (true)
        {
            while (group.Count < MostGrouped && waiting.Reader.TryRead(out var write)) group.Add(write);
            if (group.Count > 0) return true;
            if (waiting.Reader.Completion.IsCompleted) return false;
            _ = waiting.Reader.WaitToReadAsync().AsTask().ContinueWith(_ => available.Set(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            available.WaitOne();
        }
    }

    private void Commit(List<Write> group)
    {
        if (group.Count == 0) return;
        try
        {
            writer.Execute("BEGIN IMMEDIATE");
            foreach (var write in group) Perform(write);
            writer.Execute("COMMIT");
        }
        catch (SqliteException e)
        {
            Abandon(group, e);
            return;
        }

        foreach (var write in group) write.Complete();
    }

    private void Perform(Write write)
    {
        writer.Execute("SAVEPOINT work");
        if (!write.Perform(writer, Unwritten)) writer.Execute("ROLLBACK TO work");
        writer.Execute("RELEASE work");
    }

    // A commit that failed is no commit: everyone who waited for it is told.
    private void Abandon(List<Write> group, SqliteException cause)
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(writer.Handle) == 0) writer.Execute("ROLLBACK");
        foreach (var write in group) write.Fail(Unwritten(cause));
    }

    private StateException Unwritten(SqliteException cause) => new(Explanation.Of(cause, path, "could not be written"), cause);

    private sealed class Write(Func<SqliteConnection, object?> work, bool isAlone)
    {
        private object? result;
        private Exception? fault;

        public bool IsAlone => isAlone;

        public TaskCompletionSource<object?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        // What the disk refuses reaches the one who asked as the state of the world, whether it was refused at a statement or at the commit.
        public bool Perform(SqliteConnection connection, Func<SqliteException, StateException> unwritten)
        {
            try
            {
                result = work(connection);
                return true;
            }
            catch (Exception e)
            {
                fault = e is SqliteException refused ? unwritten(refused) : e;
                return false;
            }
        }

        public void Complete()
        {
            if (fault is null) Done.TrySetResult(result);
            else Done.TrySetException(fault);
        }

        public void Fail(Exception cause) => Done.TrySetException(fault ?? cause);
    }
}
