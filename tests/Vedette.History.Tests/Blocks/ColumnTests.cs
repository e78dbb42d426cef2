using FsCheck;
using FsCheck.Fluent;

namespace Vedette.History.Tests.Blocks;

public sealed class ColumnTests
{
    private static readonly double[] Awkward =
        [0, -0.0, 1, -1, 0.1, 1.0 / 3, 1e-9, 0.000000001234, 1e300, double.Epsilon, double.NaN, double.PositiveInfinity, double.MinValue, 9007199254740993, long.MaxValue];

    [Fact]
    public void Whole_numbers_are_read_back_whatever_they_are() => Prop.ForAll(ArbMap.Default.ArbFor<long[]>(), values =>
    {
        foreach (var part in values.Chunk(BlockWriter.GroupSize)) ReadLongs(WriteLongs(part), part.Length).ShouldBe(part);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Numbers_are_read_back_bit_for_bit_whatever_they_are() => Prop.ForAll(ArbMap.Default.ArbFor<double[]>(), values =>
    {
        foreach (var part in values.Concat(Awkward).Chunk(BlockWriter.GroupSize))
            ReadDoubles(WriteDoubles(part), part.Length).Select(BitConverter.DoubleToInt64Bits).ShouldBe(part.Select(BitConverter.DoubleToInt64Bits));
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(63)]
    [InlineData(64)]
    public void Every_width_is_packed_and_unpacked(int width)
    {
        var random = new Random(width);
        for (var count = 1; count <= BlockWriter.GroupSize; count++)
        {
            var values = new ulong[count];
            foreach (ref var value in values.AsSpan()) value = width == 0 ? 0 : (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> (64 - width);
            var bytes = new BlockBytes();
            bytes.Packed(values, width);
            bytes.Written.Length.ShouldBe(((count * width) + 7) / 8);
            var read = new ulong[count];
            new BlockCursor(bytes.Written).Packed(read, width);
            read.ShouldBe(values);
        }
    }

    [Fact]
    public void What_is_the_same_or_grows_evenly_takes_no_room_for_each()
    {
        WriteLongs(Enumerable.Repeat(1_700_000_000_000_000L, 64)).Length.ShouldBeLessThanOrEqualTo(10);
        WriteLongs(Enumerable.Range(0, 64).Select(i => 1_700_000_000_000_000L + (i * 1_000_000L))).Length.ShouldBeLessThanOrEqualTo(14);
    }

    [Fact]
    public void Nanoseconds_within_a_millisecond_take_twenty_bits_each()
    {
        var random = new Random(1);
        WriteDoubles(Enumerable.Range(0, 64).Select(_ => random.Next(1_000_000) / 1e9)).Length.ShouldBeLessThanOrEqualTo(2 + 5 + (64 * 20 / 8));
    }

    private static byte[] WriteLongs(IEnumerable<long> values)
    {
        var bytes = new BlockBytes();
        LongColumn.Write(bytes, [.. values]);
        return bytes.Written.ToArray();
    }

    private static byte[] WriteDoubles(IEnumerable<double> values)
    {
        var bytes = new BlockBytes();
        DoubleColumn.Write(bytes, [.. values]);
        return bytes.Written.ToArray();
    }

    private static long[] ReadLongs(byte[] bytes, int count)
    {
        var values = new long[count];
        var cursor = new BlockCursor(bytes);
        LongColumn.Read(ref cursor, values);
        cursor.AtEnd.ShouldBeTrue();
        return values;
    }

    private static double[] ReadDoubles(byte[] bytes, int count)
    {
        var values = new double[count];
        var cursor = new BlockCursor(bytes);
        DoubleColumn.Read(ref cursor, values);
        cursor.AtEnd.ShouldBeTrue();
        return values;
    }
}
