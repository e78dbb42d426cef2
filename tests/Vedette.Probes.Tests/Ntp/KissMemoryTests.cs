using System.Net;
using Vedette.Probes.Ntp;

namespace Vedette.Probes.Tests.Ntp;

public sealed class KissMemoryTests
{
    private static readonly IPEndPoint Server = new(IPAddress.Parse("192.0.2.1"), 123);
    private static readonly IPEndPoint Other = new(IPAddress.Parse("192.0.2.2"), 123);

    private readonly HeldTime time = new();
    private readonly KissMemory memory = new();

    private RunContext Run => new(time, time.GetTimestamp(), TimeSpan.FromSeconds(5), CancellationToken.None);

    [Fact]
    public void The_next_question_waits_double_the_interval_and_double_that_each_time()
    {
        Remember("RATE", gap: 300);
        StandsFor(600);
        Remember("RATE", gap: 600);
        StandsFor(1200);
        Remember("RATE", gap: 1);
        StandsFor(2400);

        // As long as an hour at most, unless the interval is long itself.
        Remember("RATE", gap: 1);
        StandsFor(3600);
        Remember("RATE", gap: 7200);
        StandsFor(14400);
    }

    [Fact]
    public void Without_an_interval_it_is_double_what_is_polite()
    {
        Remember("RATE", gap: null);
        StandsFor(128);
        memory.Forget(Server);
        Remember("RATE", gap: 5);
        StandsFor(128);
    }

    [Fact]
    public void A_server_that_gives_its_time_again_begins_anew()
    {
        Remember("RATE", gap: null);
        Remember("RATE", gap: null);
        memory.Forget(Server);
        memory.Standing(Server, Run).ShouldBeNull();
        Remember("RATE", gap: null);
        StandsFor(128);
    }

    [Fact]
    public void A_denial_stands_for_an_hour_and_only_of_the_server_that_spoke_it()
    {
        Remember("DENY", gap: 1);
        memory.Standing(Other, Run).ShouldBeNull();
        memory.Standing(Server, Run)!.Value.Status.ShouldBe(Status.Down);
        StandsFor(3600);
    }

    [Fact]
    public void What_no_longer_stands_makes_room_and_no_more_than_so_many_are_kept()
    {
        for (var i = 0; i < 5000; i++) memory.Remember(new IPEndPoint(i, 123), "RATE", null, Run);
        Enumerable.Range(0, 5000).Count(i => memory.Standing(new IPEndPoint(i, 123), Run) is not null).ShouldBe(4096);
        time.Pass(TimeSpan.FromSeconds(128));
        Remember("RATE", gap: null);
        memory.Standing(Server, Run).ShouldNotBeNull();
    }

    private void Remember(string code, double? gap) =>
        memory.Remember(Server, code, gap is { } seconds ? TimeSpan.FromSeconds(seconds) : null, Run);

    private void StandsFor(double seconds)
    {
        memory.Standing(Server, Run).ShouldNotBeNull();
        time.Pass(TimeSpan.FromSeconds(seconds - 1));
        memory.Standing(Server, Run).ShouldNotBeNull();
        time.Pass(TimeSpan.FromSeconds(1));
        memory.Standing(Server, Run).ShouldBeNull();
    }
}
