using Google.Protobuf;
using Microsoft.Data.Sqlite;
using Vedette.Wire;

namespace Vedette.History;

/// <summary>A batch that waits to be compacted, and where it came from.</summary>
/// <param name="Number">Grows with arrival and is never given twice.</param>
/// <param name="Agent">The agent it came from.</param>
/// <param name="Epoch">The stream it counts in.</param>
/// <param name="Bytes">As it came.</param>
/// <param name="Sum">Of its bytes; null when it is of a version that made none.</param>
public sealed record StoredBatch(long Number, string Agent, string Epoch, byte[] Bytes, long? Sum)
{
    internal const long Seed = 0;

    // What a statement has to select for Of.
    internal const string Columns = "number, agent, epoch, checksum, batch";

    /// <summary>Its results, of the checks whose id is known; null when it is damaged.</summary>
    public List<Result>? Results(Func<long, string?> checkId) => Parse() is { } batch ? BatchDecoder.Decode(batch, Agent, Epoch, checkId) : null;

    /// <summary>The key of each of its results, in order; null when it is damaged.</summary>
    internal IEnumerable<long>? Keys() => Parse() is { } batch ? BatchDecoder.Keys(batch) : null;

    internal static StoredBatch Of(SqliteDataReader row) =>
        new(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetFieldValue<byte[]>(4), row.IsDBNull(3) ? null : row.GetInt64(3));

    // What was stored was looked through before; without a checksum nobody knows that these are the bytes.
    private ResultBatch? Parse()
    {
        if (Sum is { } sum && sum != Checksum.Of(Bytes, Seed)) return null;
        try
        {
            var batch = ResultBatch.Parser.ParseFrom(Bytes);
            return Sum is not null || BatchDecoder.Refuse(batch) is null ? batch : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
