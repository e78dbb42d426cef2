using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.State;

/// <summary>How far the stream of each agent and epoch is stored.</summary>
public static class CursorTable
{
    /// <summary>The last number stored; 0 before the first.</summary>
    public static ulong Find(SqliteConnection connection, string agent, string epoch) =>
        (ulong)(long)(connection.Scalar("SELECT committed_seq FROM cursors WHERE agent = $1 AND epoch = $2", agent, epoch) ?? 0L);

    /// <summary>Moves a cursor forward; false, and nothing moved, when it does not stand where it was thought to.</summary>
    /// <param name="connection">The writing one.</param>
    /// <param name="agent">Whose stream.</param>
    /// <param name="epoch">Which of them.</param>
    /// <param name="from">Where it is thought to stand; 0 when it is not there yet.</param>
    /// <param name="to">Beyond <paramref name="from"/>, at most <see cref="long.MaxValue"/>.</param>
    public static bool TryAdvance(SqliteConnection connection, string agent, string epoch, ulong from, ulong to)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(to, from);
        return from == 0
            ? connection.Execute("INSERT INTO cursors (agent, epoch, committed_seq) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", agent, epoch, checked((long)to)) == 1
            : connection.Execute("UPDATE cursors SET committed_seq = $4 WHERE agent = $1 AND epoch = $2 AND committed_seq = $3", agent, epoch, checked((long)from), checked((long)to)) == 1;
    }

    /// <summary>Forgets every other epoch of an agent whose results cannot come again.</summary>
    public static void KeepOnly(SqliteConnection connection, string agent, string epoch) =>
        connection.Execute("DELETE FROM cursors WHERE agent = $1 AND epoch <> $2", agent, epoch);
}
