using System.Net;
using Vedette.Probes.Datagrams;

namespace Vedette.Probes.Tests.Datagrams;

public sealed class DatagramExchangeTests
{
    [Theory]
    [InlineData(0, true)]
    [InlineData(-3_600, false)]
    public async Task What_came_before_the_deadline_is_heard_however_late_it_is_looked_at_and_what_came_after_it_is_not(double patience, bool heard)
    {
        await using var peer = new UdpPeer(UdpPeer.Echo);
        using var exchange = DatagramExchange.Open((IPEndPoint)peer.Socket.LocalEndPoint!, new ReceiveBatches(1, 16), out _).ShouldNotBeNull();
        exchange.Send([1]).ShouldBeNull();
        await peer.Answered;
        var listening = async () => await exchange.HearAsync(static _ => true, TimeSpan.FromSeconds(patience), new CancellationToken(canceled: true));
        if (heard) (await listening()).ShouldBeNull();
        else await listening.ShouldThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task An_answer_counts_more_than_an_error_that_came_with_it()
    {
        var peer = new UdpPeer(UdpPeer.Echo);
        using var exchange = DatagramExchange.Open((IPEndPoint)peer.Socket.LocalEndPoint!, new ReceiveBatches(1, 16), out _).ShouldNotBeNull();
        exchange.Send([1]).ShouldBeNull();
        await peer.Answered;
        await peer.DisposeAsync();

        // Now nobody is there, and the host says so.
        exchange.Send([1]).ShouldBeNull();
        var heard = 0;
        (await exchange.HearAsync(_ => ++heard > 0, TimeSpan.FromSeconds(5), CancellationToken.None)).ShouldBeNull();
        heard.ShouldBe(1);
    }
}
