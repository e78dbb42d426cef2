using System.Buffers.Binary;
using Vedette.State.Sqlite;
using static Vedette.History.Tests.StoredHistory;

namespace Vedette.History.Tests.Blocks;

public sealed class BlockTests
{
    private const long Key = 7;
    private static readonly Dictionary<string, long> NothingShared = [];

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1000)]
    public void Results_are_read_back_the_same(int count)
    {
        var results = Some(count);
        Read(Write(results)).ShouldBe(results);
    }

    [Fact]
    public void Only_what_is_within_a_time_is_read()
    {
        var results = Some(300);
        Read(Write(results), from: 100, to: 130).ShouldBe(results[100..131]);
        Read(Write(results), from: 300, to: 400).ShouldBeEmpty();
    }

    [Fact]
    public void The_newest_are_read_without_the_groups_before_them()
    {
        var results = Some(300);
        Read(Write(results), newest: 1).ShouldBe(results[256..]);
        Read(Write(results), newest: 60).ShouldBe(results[192..]);
        Read(Write(results), newest: 1000).ShouldBe(results);
    }

    [Fact]
    public void A_block_cut_anywhere_is_refused()
    {
        var block = Write(Some(70));
        for (var length = 0; length < block.Length; length++) Should.Throw<InvalidDataException>(() => Read(block[..length]));
    }

    // With a checksum made for it, so that the reader behind the checksum sees it.
    [Fact]
    public void What_somebody_made_up_is_read_or_refused_and_nothing_else()
    {
        var block = Write(Some(70));
        for (var length = sizeof(uint); length < block.Length; length++) ReadOrRefuse(Summed(block[..length]));
        var random = new Random(20260101);
        for (var round = 0; round < 20_000; round++)
        {
            var changed = block.ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--) changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
            ReadOrRefuse(Summed(changed));
        }
    }

    [Fact]
    public void Every_flipped_bit_is_noticed()
    {
        var block = Write(Some(3));
        for (var bit = 0; bit < block.Length * 8; bit++)
        {
            block[bit / 8] ^= (byte)(1 << (bit % 8));
            Should.Throw<InvalidDataException>(() => Read(block));
            block[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void A_block_of_another_check_is_refused() =>
        Should.Throw<InvalidDataException>(() => BlockReader.Read(Write(Some(3)), Key + 1, "other", 0, long.MaxValue, int.MaxValue, _ => null));

    [Fact]
    public void A_block_of_a_newer_version_is_refused_by_name()
    {
        var block = Write(Some(3));
        block[0] = 9;
        Should.Throw<InvalidDataException>(() => Read(Summed(block))).Message.ShouldBe("a block is of version 9, which this program does not know");
    }

    [Fact]
    public void Long_texts_of_several_results_stand_outside_and_all_others_within()
    {
        var (common, own) = ($$"""{"a":"{{new string('a', 80)}}"}""", $$"""{"b":"{{new string('b', 80)}}"}""");
        var results = Some(3).Select((result, i) => result with { Details = i == 0 ? own : common, Message = "no answer" }).ToList();
        var writer = new BlockWriter(results);
        writer.Shareable.ShouldBe([common]);
        var block = writer.Write(Key, new Dictionary<string, long> { [common] = 42 });
        BlockReader.Read(block, Key, Id(Key), 0, long.MaxValue, int.MaxValue, id => id == 42 ? common : null).ShouldBe(results);
        BlockReader.Read(block, Key, Id(Key), 0, long.MaxValue, int.MaxValue, _ => null).Select(result => result.Details).ShouldBe([own, null, null]);
    }

    private static List<Result> Some(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => Run(Key, i, (Status)(i % 4), agent: i % 5 == 0 ? "remote" : "local") with
        {
            Epoch = "9f",
            Seq = (ulong)(i * 3) + 1,
            DurationSeconds = i * 1e-6,
            Details = i % 3 == 0 ? $$"""{"n":{{i}}}""" : null,
            Measurements = i % 2 == 0 ? NamedList<double>.Empty : new(new KeyValuePair<string, double>("ratio", i / 3.0), new KeyValuePair<string, double>("count", i)),
        }),
    ];

    private static byte[] Write(List<Result> results) => new BlockWriter(results).Write(Key, NothingShared);

    private static List<Result> Read(byte[] block, double from = 0, double to = 1e9, int newest = int.MaxValue) =>
        BlockReader.Read(block, Key, Id(Key), Sql.Microseconds(Start.AddSeconds(from)), Sql.Microseconds(Start.AddSeconds(to)), newest, _ => null);

    private static byte[] Summed(byte[] block)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(block.Length - sizeof(uint)), Checksum.Of(block.AsSpan(0, block.Length - sizeof(uint)), Key));
        return block;
    }

    private static void ReadOrRefuse(byte[] block)
    {
        try
        {
            Read(block).Count.ShouldBeLessThanOrEqualTo(BlockWriter.GroupSize * block.Length);
        }
        catch (InvalidDataException refusal)
        {
            refusal.Message.ShouldNotBeEmpty();
        }
    }
}
