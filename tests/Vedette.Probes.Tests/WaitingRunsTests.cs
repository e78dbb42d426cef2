using System.Net;
using System.Net.Sockets;
using Vedette.Probes.Http;
using Vedette.Probes.Resolve;
using Vedette.Probes.Tcp;

namespace Vedette.Probes.Tests;

/// <summary>Where a server stands still, the runs of all that watch it wait at once, and new ones come every second.</summary>
[Collection(nameof(Deadlines))]
public sealed class WaitingRunsTests
{
    private const int Runs = 200;
    private const int MostOfOne = 16 * 1024;

    [Theory]
    [InlineData("http")]
    [InlineData("tcp")]
    public async Task A_run_that_waits_for_its_answer_holds_little(string kind)
    {
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using IProbe probe = kind == "http" ? new HttpProbe(resolver) : new TcpProbe(resolver);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(Runs);
        var (target, parameters) = kind == "http" ? ($"http://{listener.LocalEndPoint}/", Parameters.Empty) : ($"{listener.LocalEndPoint}", Parameters.Empty.With("send", "x").With("expect", "y"));

        // One before, so that what all share is there.
        await WaitAsync(probe, listener, target, parameters, 1, () => { });
        var (before, each) = (RunMemory.Alive(), 0L);
        await WaitAsync(probe, listener, target, parameters, Runs, () => each = (RunMemory.Alive() - before) / Runs);
        each.ShouldBeLessThan(MostOfOne);
    }

    private static async Task WaitAsync(IProbe probe, Socket listener, string target, Parameters parameters, int count, Action allWait)
    {
        var runs = Enumerable.Range(0, count).Select(_ => probe.RunAsync(target, parameters, TimeSpan.FromSeconds(30))).ToList();
        var (heard, accepted) = (new byte[4096], new List<Socket>());
        while (accepted.Count < count)
        {
            accepted.Add(await listener.AcceptAsync());
            (await accepted[^1].ReceiveAsync(heard)).ShouldBeGreaterThan(0);
        }

        allWait();
        accepted.ForEach(socket => socket.Dispose());
        (await Task.WhenAll(runs)).ShouldAllBe(seen => seen.Status == Status.Down);
    }
}
