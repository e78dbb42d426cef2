using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Vedette.State.Sqlite;

namespace Vedette.History;

/// <summary>
/// Makes a block of results of one check: a version, the texts, the shapes, then groups of up to 64 results column by column, and a checksum
/// seeded with the check's key. A group says from when to when its results are, so that a reader can pass over it.
/// </summary>
internal sealed class BlockWriter
{
    /// <summary>The version that this program writes.</summary>
    public const byte Version = 1;

    /// <summary>The most results of a group.</summary>
    public const int GroupSize = 64;

    private readonly BlockTexts texts = new();
    private readonly List<BlockShape> shapes = [];
    private readonly BlockBytes names = new();
    private readonly BlockBytes groups = new();

    /// <summary>Takes the results, at least one, all of one check and in the order of their places; what stays of them are columns and texts.</summary>
    public BlockWriter(List<Result> results)
    {
        int[] shapeOf = [.. results.Select(Shape)];
        foreach (var result in results) Use(result);
        foreach (var shape in shapes) shape.Write(names, texts);
        var all = CollectionsMarshal.AsSpan(results);
        for (var at = 0; at < all.Length; at += GroupSize) WriteGroup(groups, all[at..Math.Min(at + GroupSize, all.Length)], shapeOf.AsSpan(at));
    }

    /// <summary>Texts that are better kept outside of the block.</summary>
    public IEnumerable<string> Shareable => texts.Shareable;

    /// <summary>About how many bytes it holds until it is written.</summary>
    public long Size => names.Written.Length + groups.Written.Length + texts.Size;

    /// <summary>The block.</summary>
    /// <param name="checkKey">The check's key.</param>
    /// <param name="shared">Under which number a shareable text is kept outside, if it is.</param>
    public byte[] Write(long checkKey, IReadOnlyDictionary<string, long> shared)
    {
        var block = new BlockBytes();
        block.Byte(Version);
        texts.Write(block, shared);
        block.Varint((ulong)shapes.Count);
        block.Raw(names.Written);
        block.Raw(groups.Written);
        var bytes = new byte[block.Written.Length + sizeof(uint)];
        block.Written.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(block.Written.Length), Checksum.Of(block.Written, checkKey));
        return bytes;
    }

    // Blocks hold few shapes, one for each way the runs of a check end.
    private int Shape(Result result)
    {
        for (var i = 0; i < shapes.Count; i++)
            if (shapes[i].Fits(result)) return i;
        shapes.Add(BlockShape.Of(result));
        return shapes.Count - 1;
    }

    // What is shared is decided by how often it stands here.
    private void Use(Result result)
    {
        foreach (var text in (string?[])[result.Agent, result.Epoch, result.Reason, result.Message, result.Details]) texts.Use(text);
        foreach (var attribute in result.Attributes) texts.Use(attribute.Value);
    }

    private void WriteGroup(BlockBytes bytes, ReadOnlySpan<Result> rows, ReadOnlySpan<int> shapeOf)
    {
        var body = new BlockBytes();
        WriteLongs(body, rows, static result => Sql.Microseconds(result.ScheduledAt));
        WriteLongs(body, rows, static result => Sql.Microseconds(result.StartedAt) - Sql.Microseconds(result.ScheduledAt));
        WriteDoubles(body, rows, static result => result.DurationSeconds);
        WriteLongs(body, rows, static result => (long)result.Seq);
        WriteLongs(body, rows, static result => (long)result.Status);
        WriteLongs(body, rows, result => texts.Number(result.Agent));
        WriteLongs(body, rows, result => texts.Number(result.Epoch));
        WriteLongs(body, rows, result => texts.Number(result.Reason));
        WriteLongs(body, rows, result => texts.Number(result.Message));
        WriteLongs(body, rows, result => texts.Number(result.Details));
        Span<long> numbers = stackalloc long[rows.Length];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = shapeOf[i];
        LongColumn.Write(body, numbers);
        for (var shape = 0; shape < shapes.Count; shape++) WriteValues(body, shapes[shape], Of(rows, shapeOf, shape));

        bytes.Varint((ulong)rows.Length);
        bytes.Signed(Sql.Microseconds(rows[0].ScheduledAt));
        bytes.Varint((ulong)(Sql.Microseconds(rows[^1].ScheduledAt) - Sql.Microseconds(rows[0].ScheduledAt)));
        bytes.Sized(body.Written);
    }

    private void WriteValues(BlockBytes body, BlockShape shape, Result[] rows)
    {
        if (rows.Length == 0) return;
        for (var i = 0; i < shape.Phases.Length; i++) WriteDoubles(body, rows, result => result.Phases[i].Value);
        for (var i = 0; i < shape.Measurements.Length; i++) WriteDoubles(body, rows, result => result.Measurements[i].Value);
        for (var i = 0; i < shape.Attributes.Length; i++) WriteLongs(body, rows, result => texts.Number(result.Attributes[i].Value));
    }

    private static Result[] Of(ReadOnlySpan<Result> rows, ReadOnlySpan<int> shapeOf, int shape)
    {
        var of = new List<Result>(rows.Length);
        for (var i = 0; i < rows.Length; i++)
            if (shapeOf[i] == shape) of.Add(rows[i]);
        return [.. of];
    }

    private static void WriteLongs(BlockBytes body, ReadOnlySpan<Result> rows, Func<Result, long> value)
    {
        Span<long> values = stackalloc long[rows.Length];
        for (var i = 0; i < values.Length; i++) values[i] = value(rows[i]);
        LongColumn.Write(body, values);
    }

    private static void WriteDoubles(BlockBytes body, ReadOnlySpan<Result> rows, Func<Result, double> value)
    {
        Span<double> values = stackalloc double[rows.Length];
        for (var i = 0; i < values.Length; i++) values[i] = value(rows[i]);
        DoubleColumn.Write(body, values);
    }
}
