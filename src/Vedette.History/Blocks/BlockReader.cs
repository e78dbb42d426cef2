using System.Buffers.Binary;

namespace Vedette.History;

/// <summary>Reads the results of a block, see <see cref="BlockWriter"/>.</summary>
internal sealed class BlockReader
{
    private readonly long checkKey;
    private readonly string checkId;
    private readonly List<Result> results = [];
    private string?[] texts = [];
    private BlockShape[] shapes = [];

    private BlockReader(long checkKey, string checkId) => (this.checkKey, this.checkId) = (checkKey, checkId);

    /// <summary>The results within a time, in the order of their places.</summary>
    /// <param name="block">The bytes.</param>
    /// <param name="checkKey">The check's key.</param>
    /// <param name="checkId">The check's id.</param>
    /// <param name="from">The earliest slot, in microseconds since the Unix epoch.</param>
    /// <param name="to">The latest slot.</param>
    /// <param name="newest">No more groups than hold so many of the newest results; the rest is passed over.</param>
    /// <param name="shared">The text of a number that stands outside of the block; null when it cannot be had.</param>
    /// <param name="agent">Nothing needs to be read when none is of this agent, when given.</param>
    /// <exception cref="InvalidDataException">It is damaged, or not of this check; the message says so.</exception>
    public static List<Result> Read(ReadOnlySpan<byte> block, long checkKey, string checkId, long from, long to, int newest, Func<long, string?> shared, string? agent = null)
    {
        if (block.Length <= sizeof(uint)) throw new InvalidDataException("a block ends too early");
        var body = block[..^sizeof(uint)];
        if (Checksum.Of(body, checkKey) != BinaryPrimitives.ReadUInt32LittleEndian(block[^sizeof(uint)..])) throw new InvalidDataException("the checksum of a block does not match");
        var reader = new BlockReader(checkKey, checkId);
        reader.Read(new BlockCursor(body), body.Length, from, to, newest, shared, agent);
        return reader.results;
    }

    private void Read(BlockCursor cursor, int length, long from, long to, int newest, Func<long, string?> shared, string? agent)
    {
        if (cursor.Byte() is not BlockWriter.Version and var version) throw new InvalidDataException($"a block is of version {version}, which this program does not know");
        texts = BlockTexts.Read(ref cursor, length, shared);
        if (agent is not null && !texts.Contains(agent)) return;
        shapes = new BlockShape[cursor.Count(length)];
        for (var i = 0; i < shapes.Length; i++) shapes[i] = BlockShape.Read(ref cursor, texts);
        var older = Count(cursor) - newest;
        while (!cursor.AtEnd)
        {
            var group = BlockGroup.Read(ref cursor);
            older -= group.Count;
            if (older < 0 && group.Last >= from && group.First <= to) ReadGroup(new BlockCursor(group.Body), group.Count, from, to);
        }
    }

    private static int Count(BlockCursor cursor)
    {
        var count = 0;
        while (!cursor.AtEnd) count += BlockGroup.Read(ref cursor).Count;
        return count;
    }

    private void ReadGroup(BlockCursor cursor, int count, long from, long to)
    {
        var (scheduled, started, seq, status) = (Longs(ref cursor, count), Longs(ref cursor, count, out var duration), Longs(ref cursor, count), Longs(ref cursor, count));
        var (agent, epoch, reason, message, details) = (Longs(ref cursor, count), Longs(ref cursor, count), Longs(ref cursor, count), Longs(ref cursor, count), Longs(ref cursor, count));
        var shapeOf = Longs(ref cursor, count);
        var values = new GroupValues[shapes.Length];
        for (var shape = 0; shape < shapes.Length; shape++) values[shape] = new GroupValues(ref cursor, shapes[shape], shapeOf.AsSpan().Count(shape));
        for (var i = 0; i < count; i++)
        {
            var of = values[Index(shapeOf[i], shapes.Length)];
            var row = of.Next();
            if (scheduled[i] < from || scheduled[i] > to) continue;
            results.Add(new Result
            {
                Check = checkId,
                CheckKey = checkKey,
                Agent = Text(agent[i]) ?? "",
                Epoch = Text(epoch[i]),
                Seq = (ulong)seq[i],
                ScheduledAt = Time(scheduled[i]),
                StartedAt = Time(unchecked(scheduled[i] + started[i])),
                DurationSeconds = duration[i],
                Status = status[i] is >= 0 and <= (long)Status.Down ? (Status)status[i] : throw new InvalidDataException("a block holds a status that does not exist"),
                Reason = Text(reason[i]),
                Message = Text(message[i]),
                Details = Text(details[i]),
                Phases = of.Phases(row),
                Measurements = of.Measurements(row),
                Attributes = of.Attributes(row, number => Text(number) ?? ""),
            });
        }
    }

    private static long[] Longs(ref BlockCursor cursor, int count)
    {
        var values = new long[count];
        LongColumn.Read(ref cursor, values);
        return values;
    }

    private static long[] Longs(ref BlockCursor cursor, int count, out double[] following)
    {
        var values = Longs(ref cursor, count);
        DoubleColumn.Read(ref cursor, following = new double[count]);
        return values;
    }

    private static DateTimeOffset Time(long microseconds) => microseconds is >= 0 and <= 253_402_300_799_999_999
        ? DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond)
        : throw new InvalidDataException("a block holds a time outside 1970 to 9999");

    private string? Text(long number) => texts[Index(number, texts.Length)];

    private static int Index(long number, int count) => number >= 0 && number < count ? (int)number : throw new InvalidDataException("a block refers to what it does not hold");
}
