using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Vedette.State.Sqlite;

/// <summary>
/// Short ways to run one statement; <c>$1</c>, <c>$2</c>, ... are its values in order. The connections of <see cref="Database"/> prepare a text
/// once and reuse it, so a text is a constant and what varies is a value.
/// </summary>
public static class Sql
{
    /// <summary>Runs a statement; the number of rows it changed.</summary>
    public static int Execute(this SqliteConnection connection, string sql, params ReadOnlySpan<object?> values)
    {
        using var statement = new Statement(connection, sql, values);
        return statement.Command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row, or null.</summary>
    public static object? Scalar(this SqliteConnection connection, string sql, params ReadOnlySpan<object?> values)
    {
        using var statement = new Statement(connection, sql, values);
        return statement.Command.ExecuteScalar() is { } value and not DBNull ? value : null;
    }

    /// <summary>Every row, made into something.</summary>
    public static List<T> Rows<T>(this SqliteConnection connection, string sql, Func<SqliteDataReader, T> row, params ReadOnlySpan<object?> values)
    {
        using var statement = new Statement(connection, sql, values);
        using var reader = statement.Command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(row(reader));
        return rows;
    }

    /// <summary>A text column that may be null.</summary>
    public static string? Text(this SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>A time column in microseconds since the Unix epoch.</summary>
    public static DateTimeOffset Time(this SqliteDataReader row, int column) => DateTimeOffset.UnixEpoch.AddTicks(row.GetInt64(column) * TimeSpan.TicksPerMicrosecond);

    /// <summary>A time as it is stored.</summary>
    public static long Microseconds(DateTimeOffset at) => (at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private readonly ref struct Statement : IDisposable
    {
        private readonly PreparingConnection? keeper;

        public Statement(SqliteConnection connection, string sql, ReadOnlySpan<object?> values)
        {
            keeper = connection as PreparingConnection;
            Command = keeper?.Take(sql) ?? new SqliteCommand(sql, connection);
            for (var i = 0; i < values.Length; i++) Bind(i, values[i] ?? DBNull.Value);
        }

        public SqliteCommand Command { get; }

        public void Dispose()
        {
            if (keeper is not null) keeper.GiveBack(Command);
            else Command.Dispose();
        }

        private void Bind(int index, object value)
        {
            if (index < Command.Parameters.Count) Command.Parameters[index].Value = value;
            else Command.Parameters.AddWithValue(string.Create(CultureInfo.InvariantCulture, $"${index + 1}"), value);
        }
    }
}
