using System.Net;
using Vedette.Probes.Icmp;

namespace Vedette.Probes.Tests.Icmp;

public sealed class PendingEchoesTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly SetTime time = new();
    private readonly PendingEchoes pending;
    private readonly Flight flight = new(new EchoStream(new StreamIds()));

    public PendingEchoesTests() => pending = new(time);

    [Theory]
    [InlineData(0.1, 2)]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(5, 10)]
    [InlineData(30, 60)]
    [InlineData(3600, 60)]
    public void A_request_is_remembered_for_two_timeouts_after_its_run_within_bounds(double timeout, double memory) =>
        PendingEchoes.Memory(TimeSpan.FromSeconds(timeout)).ShouldBe(TimeSpan.FromSeconds(memory));

    [Fact]
    public void A_key_is_taken_until_the_timeout_and_twice_the_late_window_have_passed()
    {
        var timeout = TimeSpan.FromSeconds(3);
        var hold = timeout + PendingEchoes.Memory(timeout);
        var first = Add(7, hold);
        time.Now = hold - Moment;
        var second = Add(7, hold);
        pending.Find(7, first.Sequence).ShouldBeSameAs(first);
        time.Now = hold;
        Add(8, hold);
        pending.Find(7, first.Sequence).ShouldBeNull();
        pending.Find(7, second.Sequence).ShouldBeSameAs(second);
    }

    [Fact]
    public void A_number_comes_round_again_only_when_its_key_is_free()
    {
        var longest = Add(0, TimeSpan.FromMinutes(2));
        for (var number = 0; number < ushort.MaxValue; number++) Add(0, TimeSpan.FromSeconds(6));
        pending.Add(flight, IPAddress.Loopback, new EchoTerms(56), 0, 1, TimeSpan.FromSeconds(6)).ShouldBeNull("all are taken");

        time.Now = TimeSpan.FromSeconds(6);
        for (var number = 0; number < ushort.MaxValue; number++) Add(0, TimeSpan.FromSeconds(6)).Sequence.ShouldNotBe(longest.Sequence);
        pending.Find(0, longest.Sequence).ShouldBeSameAs(longest);
    }

    [Fact]
    public void A_long_run_does_not_hold_up_the_keys_of_short_ones()
    {
        Add(7, TimeSpan.FromMinutes(2));
        var brief = Add(7, TimeSpan.FromSeconds(3));
        time.Now = TimeSpan.FromSeconds(3);
        Add(7, TimeSpan.FromSeconds(3));
        pending.Find(7, brief.Sequence).ShouldBeNull();
        pending.All().Length.ShouldBe(2);
    }

    private Echo Add(ushort id, TimeSpan hold) => pending.Add(flight, IPAddress.Loopback, new EchoTerms(56), id, 1, hold).ShouldNotBeNull();

    /// <summary>A monotonic clock that stands where it is put, at an odd frequency.</summary>
    private sealed class SetTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => 3_000_000;

        public override long GetTimestamp() => Now.Ticks * 3 / 10;
    }
}
