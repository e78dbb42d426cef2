using System.Net;
using Vedette.Probes.Connect;

namespace Vedette.Probes.Tests.Tcp;

public sealed class PortBudgetTests
{
    private readonly HandTime time = new();

    [Fact]
    public void Each_destination_has_its_own_ports()
    {
        var budget = new PortBudget(2, time);
        Take(budget, At(1, 80), 3).ShouldBe([true, true, false]);
        Take(budget, At(1, 81), 3).ShouldBe([true, true, false]);
        Take(budget, At(2, 80), 3).ShouldBe([true, true, false]);
    }

    [Fact]
    public void A_port_is_free_again_after_its_minute_and_not_before()
    {
        var budget = new PortBudget(3, time);
        time.Advance(TimeSpan.FromSeconds(9));
        Take(budget, At(1, 80), 2).ShouldBe([true, true]);
        time.Advance(TimeSpan.FromSeconds(31));
        Take(budget, At(1, 80), 2).ShouldBe([true, false]);
        time.Advance(TimeSpan.FromSeconds(29));
        Take(budget, At(1, 80), 1).ShouldBe([false]);
        time.Advance(TimeSpan.FromSeconds(2));
        Take(budget, At(1, 80), 3).ShouldBe([true, true, false]);
        time.Advance(TimeSpan.FromHours(1));
        Take(budget, At(1, 80), 4).ShouldBe([true, true, true, false]);
    }

    [Fact]
    public void Destinations_are_forgotten_when_too_many_are_known_and_their_minute_is_over()
    {
        var budget = new PortBudget(1, time);
        for (var i = 0; i < PortBudget.MostDestinations; i++) Take(budget, At(i, 80), 1).ShouldBe([true]);
        Take(budget, At(0, 81), 2).ShouldBe([true, true]);
        Take(budget, At(0, 80), 1).ShouldBe([false]);
        time.Advance(TimeSpan.FromSeconds(70));
        Take(budget, At(0, 81), 2).ShouldBe([true, false]);
    }

    [Theory]
    [InlineData("32768\t60999\n", 14116)]
    [InlineData("1024 65535", 32256)]
    [InlineData("5 5", 0)]
    [InlineData("", 14116)]
    [InlineData("60999 32768", 14116)]
    [InlineData("1 2 3", 14116)]
    [InlineData("one two", 14116)]
    public void Half_of_the_ports_is_for_one_destination(string range, int half) => PortBudget.Half(range).ShouldBe(half);

    private static List<bool> Take(PortBudget budget, IPEndPoint to, int times) => [.. Enumerable.Range(0, times).Select(_ => budget.TryTake(to))];

    private static IPEndPoint At(int host, int port) => new(new IPAddress([10, 0, (byte)(host >> 8), (byte)host]), port);
}
