using Google.Protobuf;

namespace Vedette.Wire.Tests;

public sealed class BatchTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_was_encoded_is_decoded_the_same()
    {
        Result[] results = [Sample(1, Status.Up), Sample(7, Status.Down) with { Reason = "timeout", Message = "no answer", Details = "{\"a\":1}" }, Sample(1, Status.Unknown) with { Phases = NamedList<double>.Empty }];
        var decoded = BatchDecoder.Decode(BatchEncoder.Encode(41, results), "local", "9f", key => $"check-{key}");
        decoded.Count.ShouldBe(3);
        for (var i = 0; i < results.Length; i++)
            decoded[i].ShouldBe(results[i] with { Seq = 41 + (ulong)i, Epoch = "9f", Check = $"check-{results[i].CheckKey}" });
    }

    [Fact]
    public void Results_of_checks_that_are_gone_are_left_out_and_the_others_keep_their_numbers()
    {
        Result[] results = [Sample(1, Status.Up), Sample(2, Status.Up), Sample(3, Status.Down)];
        var decoded = BatchDecoder.Decode(BatchEncoder.Encode(1, results), "local", "9f", key => key == 3 ? "three" : null);
        decoded.ShouldHaveSingleItem().Seq.ShouldBe(3UL);
        decoded[0].Attributes.ShouldBe(results[2].Attributes);
    }

    [Fact]
    public void The_keys_are_those_of_the_results_in_their_order()
    {
        long[] keys = [7, 1, 1, 9_000_000_000, 3];
        BatchDecoder.Keys(BatchEncoder.Encode(1, [.. keys.Select(key => Sample(1, Status.Up) with { CheckKey = key })])).ShouldBe(keys);
    }

    [Fact]
    public void A_result_takes_few_bytes_in_a_batch_of_its_like()
    {
        Result[] results = [.. Enumerable.Range(0, 100).Select(i => Sample(i, Status.Up))];
        (BatchEncoder.Encode(1, results).CalculateSize() / 100).ShouldBeLessThan(50);
    }

    [Fact]
    public void A_batch_with_any_byte_changed_or_cut_is_refused_or_decoded_but_never_throws()
    {
        var bytes = BatchEncoder.Encode(1, [Sample(1, Status.Up), Sample(2, Status.Down) with { Reason = "reset" }]).ToByteArray();
        for (var index = 0; index < bytes.Length; index++)
        {
            TryDecode(bytes[..index]);
            foreach (var mask in new byte[] { 0x01, 0x40, 0x80, 0xFF })
            {
                var changed = bytes.ToArray();
                changed[index] ^= mask;
                TryDecode(changed);
            }
        }
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("columns")]
    [InlineData("text")]
    [InlineData("shape")]
    [InlineData("values")]
    [InlineData("time")]
    [InlineData("status")]
    [InlineData("seq")]
    [InlineData("many")]
    public void A_batch_that_does_not_add_up_is_refused(string wrong)
    {
        var batch = BatchEncoder.Encode(1, [Sample(1, Status.Up)]);
        BatchDecoder.Refuse(batch).ShouldBeNull();
        switch (wrong)
        {
            case "empty": batch.CheckKey.Clear(); break;
            case "columns": batch.Duration.Add(1); break;
            case "text": batch.Message[0] = 99; break;
            case "shape": batch.Shape[0] = 5; break;
            case "values": batch.Phases.Add(1); break;
            case "time": batch.StartedAfter[0] = long.MaxValue; break;
            case "status": batch.Status[0] = 4; break;
            case "many": batch = BatchEncoder.Encode(1, [.. Enumerable.Repeat(Sample(1, Status.Up), 8193)]); break;
            default: batch.FirstSeq = 0; break;
        }

        BatchDecoder.Refuse(batch).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("x")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("{")]
    [InlineData("{}}")]
    [InlineData("{\"a\":1}\n")]
    [InlineData("{\n\"a\":1}")]
    [InlineData("{\"a\":1}\r\revent: check")]
    public void Details_that_are_no_object_on_one_line_are_refused(string details) =>
        BatchDecoder.Refuse(BatchEncoder.Encode(1, [Sample(1, Status.Up) with { Details = details }])).ShouldNotBeNull();

    [Fact]
    public void Details_are_nested_no_deeper_than_every_reader_can_follow()
    {
        Refuse(30).ShouldBeNull();
        Refuse(40).ShouldNotBeNull();

        static string? Refuse(int depth) =>
            BatchDecoder.Refuse(BatchEncoder.Encode(1, [Sample(1, Status.Up) with { Details = $"{{\"a\":{new string('[', depth)}{new string(']', depth)}}}" }]));
    }

    internal static Result Sample(long key, Status status) => new()
    {
        Check = $"check-{key}",
        CheckKey = key,
        Agent = "local",
        ScheduledAt = At.AddMilliseconds(key),
        StartedAt = At.AddMilliseconds(key + 1),
        DurationSeconds = 0.0123,
        Status = status,
        Phases = new(new KeyValuePair<string, double>("resolve", 0.001), new KeyValuePair<string, double>("rtt", 0.0112)),
        Measurements = new(new KeyValuePair<string, double>("icmp_packets_sent_count", 3)),
        Attributes = new(new KeyValuePair<string, string>("address", "192.0.2.1"), new KeyValuePair<string, string>("family", "4")),
    };

    private static void TryDecode(byte[] bytes)
    {
        ResultBatch batch;
        try
        {
            batch = ResultBatch.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return; // the frame reader refuses it
        }

        if (BatchDecoder.Refuse(batch) is null) BatchDecoder.Decode(batch, "local", "9f", key => "any").Count.ShouldBe(BatchDecoder.Count(batch));
    }
}
