namespace Vedette.Agent.Tests.Uplink;

public sealed class OutboxTests
{
    [Fact]
    public void Results_get_numbers_without_a_hole_in_batches_of_bounded_length()
    {
        var outbox = new Outbox();
        Fill(outbox, 1200);
        outbox.LastSeq.ShouldBe(1200UL);
        Portions(outbox, from: 1).ShouldBe([(false, 1, 512), (false, 513, 1024), (false, 1025, 1200)]);
        outbox.From(1201).ShouldBeNull();
        outbox.From(700)!.Value.LastSeq.ShouldBe(1024UL);
    }

    [Fact]
    public void What_is_released_is_held_no_more_and_a_batch_is_held_until_all_of_it_is()
    {
        var outbox = new Outbox();
        outbox.FirstSeq.ShouldBe(1UL);
        outbox.IsSettled.ShouldBeTrue();
        Fill(outbox, 1200);
        outbox.Release(600);
        outbox.FirstSeq.ShouldBe(513UL);
        outbox.Release(5);
        outbox.IsSettled.ShouldBeFalse();
        outbox.Release(1200);
        outbox.FirstSeq.ShouldBe(1201UL);
        outbox.IsSettled.ShouldBeTrue();
    }

    [Fact]
    public void A_hub_that_lost_what_it_had_stored_is_told_so_with_exact_numbers()
    {
        var outbox = new Outbox();
        Fill(outbox, 1200);
        outbox.Release(1024);
        var (frame, last) = outbox.From(7)!.Value;
        (frame.Gap.FirstSeq, frame.Gap.LastSeq, frame.Gap.Cause, last).ShouldBe((7UL, 1024UL, Outbox.Released, 1024UL));
        outbox.From(1025)!.Value.Frame.Batch.ShouldNotBeNull();
    }

    [Fact]
    public void A_full_outbox_lets_the_oldest_go_as_a_gap_of_exactly_their_numbers()
    {
        var outbox = new Outbox(mostHeld: 1000);
        for (var i = 0; i < 30; i++) Fill(outbox, 100);
        outbox.LastSeq.ShouldBe(3000UL);
        outbox.From(1)!.Value.Frame.Gap.Cause.ShouldBe(Outbox.Overflow);
        var portions = Portions(outbox, from: 1);
        portions.Take(1).ShouldBe([(true, 1, 2000)]);
        portions.Skip(1).ShouldAllBe(portion => !portion.IsGap);
        portions.Count.ShouldBe(11);
    }

    [Fact]
    public void An_outbox_is_bounded_in_bytes_as_well()
    {
        var outbox = new Outbox(mostBytes: 200_000);
        for (var i = 0; i < 100; i++)
        {
            outbox.Add(Sample(i) with { Details = Json('x', 10_000) });
            outbox.Batch();
        }

        var portions = Portions(outbox, from: 1);
        portions[0].IsGap.ShouldBeTrue();
        portions[0].Last.ShouldBeInRange(80UL, 90UL);
        portions[^1].Last.ShouldBe(100UL);
    }

    [Fact]
    public void What_is_dropped_before_it_has_a_number_becomes_a_gap_too()
    {
        var outbox = new Outbox(mostWaiting: 100);
        for (var i = 0; i < 250; i++) outbox.Add(Sample(i));
        outbox.Batch();
        Portions(outbox, from: 1).ShouldBe([(true, 1, 150), (false, 151, 250)]);
        Keys(outbox.From(151)!.Value.Frame.Batch).ShouldBe(Enumerable.Range(150, 100).Select(key => (long)key));
    }

    [Fact]
    public void Results_of_any_size_fit_a_frame_and_keep_their_verdict()
    {
        var outbox = new Outbox();
        outbox.Add(Sample(1) with { Details = Json('x', 3_000_000), Status = Status.Down, Reason = Reasons.Timeout });
        for (var key = 2; key <= 400; key++) outbox.Add(Sample(key) with { Details = Json('y', 5000 + key) });
        outbox.Batch();
        outbox.LastSeq.ShouldBe(400UL);
        var results = new List<Result>();
        for (ulong seq = 1; outbox.From(seq) is { } next; seq = next.LastSeq + 1)
        {
            next.Frame.CalculateSize().ShouldBeLessThan(FrameWriter.LongestFrame);
            results.AddRange(BatchDecoder.Decode(next.Frame.Batch, "local", "9f", key => $"{key}"));
        }

        results.Select(result => result.Seq).ShouldBe(Enumerable.Range(1, 400).Select(seq => (ulong)seq));
        (results[0].Status, results[0].Reason, results[0].Details).ShouldBe((Status.Down, Reasons.Timeout, null));
        results.Skip(1).ShouldAllBe(result => result.Details!.Length > 5000);
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("[1]")]
    [InlineData("{\n}")]
    [InlineData("{} {}")]
    [InlineData("{\"cut\":")]
    public void A_result_that_the_hub_would_refuse_keeps_its_verdict_and_holds_up_no_other(string details)
    {
        var outbox = new Outbox();
        for (var key = 1; key <= 400; key++) outbox.Add(Sample(key) with { Details = key == 7 ? details : Json('y', key), Status = Status.Down, Reason = Reasons.Timeout });
        outbox.Batch();
        var results = new List<Result>();
        for (ulong seq = 1; outbox.From(seq) is { } next; seq = next.LastSeq + 1)
        {
            BatchDecoder.Refuse(next.Frame.Batch).ShouldBeNull();
            results.AddRange(BatchDecoder.Decode(next.Frame.Batch, "local", "9f", key => $"{key}"));
        }

        results.Select(result => result.CheckKey).ShouldBe(Enumerable.Range(1, 400).Select(key => (long)key));
        results.ShouldAllBe(result => result.Reason == Reasons.Timeout && result.Details == null == (result.CheckKey == 7));
    }

    [Fact]
    public void A_result_that_the_hub_would_refuse_however_little_it_says_becomes_a_gap()
    {
        var outbox = new Outbox();
        outbox.Add(Sample(1) with { Status = (Status)99 });
        outbox.Add(Sample(2));
        outbox.Batch();
        outbox.Batch();
        Portions(outbox, from: 1).ShouldBe([(false, 1, 1), (true, 2, 2)]);
        Keys(outbox.From(1)!.Value.Frame.Batch).ShouldBe([2L]);
    }

    [Fact]
    public async Task Numbers_are_given_once_while_many_add_batch_and_release()
    {
        var outbox = new Outbox();
        const int each = 5000;
        var adding = Enumerable.Range(0, 2).Select(part => Task.Run(() =>
        {
            for (var i = 0; i < each; i++) outbox.Add(Sample((part * each) + i));
        })).ToArray();
        var batching = Enumerable.Range(0, 2).Select(_ => Until.True(
            () =>
            {
                outbox.Batch();
                return outbox.LastSeq == 2 * each;
            },
            "all have numbers")).ToArray();
        var keys = new HashSet<long>();
        for (ulong seq = 1; seq <= 2 * each;)
        {
            await Until.True(() => outbox.From(seq) is not null, "the next number is given");
            var next = outbox.From(seq)!.Value;
            next.Frame.Batch.FirstSeq.ShouldBe(seq);
            Keys(next.Frame.Batch).ShouldAllBe(key => keys.Add(key));
            outbox.Release(next.LastSeq);
            seq = next.LastSeq + 1;
        }

        await Task.WhenAll([.. adding, .. batching]);
        keys.Count.ShouldBe(2 * each);
        outbox.IsSettled.ShouldBeTrue();
    }

    internal static void Fill(Outbox outbox, int count)
    {
        for (var key = 0; key < count; key++) outbox.Add(Sample(key));
        outbox.Batch();
    }

    internal static Result Sample(long key) => new()
    {
        Check = $"c{key}",
        CheckKey = key,
        Agent = "local",
        ScheduledAt = DateTimeOffset.UnixEpoch.AddYears(56),
        StartedAt = DateTimeOffset.UnixEpoch.AddYears(56),
        DurationSeconds = 0.01,
        Status = Status.Up,
    };

    internal static IEnumerable<long> Keys(ResultBatch batch) => BatchDecoder.Decode(batch, "local", "9f", key => $"{key}").Select(result => result.CheckKey);

    private static string Json(char letter, int length) => $$"""{"text":"{{new string(letter, length)}}"}""";

    private static List<(bool IsGap, ulong First, ulong Last)> Portions(Outbox outbox, ulong from)
    {
        var portions = new List<(bool, ulong, ulong)>();
        while (outbox.From(from) is { } next)
        {
            portions.Add((next.Frame.Gap is not null, next.Frame.Gap?.FirstSeq ?? next.Frame.Batch.FirstSeq, next.LastSeq));
            from = next.LastSeq + 1;
        }

        return portions;
    }
}
