using System.Net;
using Vedette.Linux.Host;
using Vedette.Probes.Connect;

namespace Vedette.Probes.Tests.Tcp;

public sealed class DestinationsTests
{
    private readonly HandTime time = new();

    [Fact]
    public void Each_destination_has_its_own_ports()
    {
        var destinations = new Destinations(2, time);
        Take(destinations, At(1, 80), 3).ShouldBe([true, true, false]);
        Take(destinations, At(1, 81), 3).ShouldBe([true, true, false]);
        Take(destinations, At(2, 80), 3).ShouldBe([true, true, false]);
    }

    [Fact]
    public void A_port_is_free_again_after_its_minute_and_not_before()
    {
        var destinations = new Destinations(3, time);
        time.Advance(TimeSpan.FromSeconds(9));
        Take(destinations, At(1, 80), 2).ShouldBe([true, true]);
        time.Advance(TimeSpan.FromSeconds(31));
        Take(destinations, At(1, 80), 2).ShouldBe([true, false]);
        time.Advance(TimeSpan.FromSeconds(29));
        Take(destinations, At(1, 80), 1).ShouldBe([false]);
        time.Advance(TimeSpan.FromSeconds(2));
        Take(destinations, At(1, 80), 3).ShouldBe([true, true, false]);
        time.Advance(TimeSpan.FromHours(1));
        Take(destinations, At(1, 80), 4).ShouldBe([true, true, true, false]);
    }

    [Fact]
    public void Destinations_are_forgotten_when_too_many_are_known_and_their_minute_is_over()
    {
        var destinations = new Destinations(1, time);
        for (var i = 0; i < Destinations.MostRemembered; i++) Take(destinations, At(i, 80), 1).ShouldBe([true]);
        Take(destinations, At(0, 81), 2).ShouldBe([true, true]);
        Take(destinations, At(0, 80), 1).ShouldBe([false]);
        time.Advance(TimeSpan.FromSeconds(70));
        Take(destinations, At(0, 81), 2).ShouldBe([true, false]);
    }

    [Fact]
    public void Silence_is_remembered_for_a_minute_at_most()
    {
        var destinations = new Destinations(10, time);
        IsSilent(destinations, At(1, 80)).ShouldBeFalse();
        destinations.NoteSilence(At(1, 80));
        (IsSilent(destinations, At(1, 80)), IsSilent(destinations, At(1, 81))).ShouldBe((true, false));
        time.Advance(TimeSpan.FromSeconds(49));
        IsSilent(destinations, At(1, 80)).ShouldBeTrue();
        time.Advance(TimeSpan.FromSeconds(12));
        IsSilent(destinations, At(1, 80)).ShouldBeFalse();
    }

    [Fact]
    public void Half_of_the_ports_is_for_one_destination()
    {
        Destinations.Half((32768, 60999)).ShouldBe(14116);
        Destinations.Half((1024, 65535)).ShouldBe(32256);
        Destinations.Half((5, 5)).ShouldBe(0);
        Destinations.Half((60999, 32768)).ShouldBe(14116);
        Destinations.Half(null).ShouldBe(14116);
        Destinations.HalfOfAll.ShouldBe(Destinations.Half(HostLimits.EphemeralPorts()));
    }

    private static List<bool> Take(Destinations destinations, IPEndPoint to, int times) => [.. Enumerable.Range(0, times).Select(once => destinations.TryHold(to, out _))];

    private static bool IsSilent(Destinations destinations, IPEndPoint to)
    {
        destinations.TryHold(to, out var silent).ShouldBeTrue();
        return silent;
    }

    private static IPEndPoint At(int host, int port) => new(new IPAddress([10, 0, (byte)(host >> 8), (byte)host]), port);
}
