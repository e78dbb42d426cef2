using System.Net;
using System.Net.Sockets;

namespace Vedette.Probes.Resolve;

/// <summary>What resolving a host gave: an address or a failure.</summary>
/// <param name="Address">The address to probe.</param>
/// <param name="Failure">Why there is none.</param>
/// <param name="Elapsed">How long it took; zero for a literal address.</param>
internal readonly record struct Resolved(IPAddress? Address, Failure? Failure, TimeSpan Elapsed);

/// <summary>Turns the host of a target into the one address to probe, asking the system's resolver, and applies the address policy.</summary>
/// <param name="policy">Which addresses may be probed.</param>
public sealed class Resolver(AddressPolicy policy) : IDisposable
{
    // getaddrinfo blocks its thread and cannot be cancelled: so many at once, and the rest wait in line with their deadlines running.
    private const int MostLookups = 16;

    private readonly SemaphoreSlim lookups = new(MostLookups);

    /// <summary>Finds the address of a run and records it with its phase; null when there is none and the run is concluded.</summary>
    internal async ValueTask<IPAddress?> FindAsync(string host, Family family, Observation seen, RunContext run)
    {
        var resolved = await ResolveAsync(host, family, run);
        seen.AddPhase("resolve", resolved.Elapsed);
        if (resolved.Address is { } address) seen.DescribeAddress(address);
        else resolved.Failure!.Value.ApplyTo(seen);
        return resolved.Address;
    }

    /// <summary>Resolves; ends by the run's deadline.</summary>
    internal async ValueTask<Resolved> ResolveAsync(string host, Family family, RunContext run)
    {
        if (IPAddress.TryParse(host, out var literal)) return Choose(host, [literal], family, TimeSpan.Zero);
        var start = run.Elapsed;
        try
        {
            var addresses = await LookUpAsync(host, run.Cancellation);
            return Choose(host, addresses, family, run.Elapsed - start);
        }
        catch (OperationCanceledException)
        {
            var failure = Failure.CutShort(run, $"resolving {host}");

            // No answer from our resolver says nothing of the target.
            if (failure.Reason == Reasons.Timeout) failure = Failure.Unknown(Reasons.ResolverFailed, $"the resolver of this host did not answer for {host} in time; check /etc/resolv.conf");
            return new(null, failure, run.Elapsed - start);
        }
        catch (SocketException e)
        {
            return new(null, FromLookup(e.SocketErrorCode, host), run.Elapsed - start);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => lookups.Dispose();

    private async Task<IPAddress[]> LookUpAsync(string host, CancellationToken cancellation)
    {
        await lookups.WaitAsync(cancellation);
        var lookup = System.Net.Dns.GetHostAddressesAsync(host, CancellationToken.None);

        // The place in line is free again when the lookup ends, not when we stop waiting for it: that is what keeps them bounded.
        _ = lookup.ContinueWith(
            static (ended, line) =>
            {
                _ = ended.Exception;
                ((SemaphoreSlim)line!).Release();
            },
            lookups, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return await lookup.WaitAsync(cancellation);
    }

    private Resolved Choose(string host, IPAddress[] addresses, Family family, TimeSpan elapsed)
    {
        var address = addresses.FirstOrDefault(candidate => Matches(candidate, family));
        if (address is null) return new(null, Failure.Down(Reasons.NoAddress, $"{host} has no {Name(family)} address"), elapsed);
        return policy.Refuse(address) is { } refused
            ? new(null, Failure.Unknown(Reasons.PolicyDenied, refused), elapsed)
            : new(address, null, elapsed);
    }

    private static Failure FromLookup(SocketError error, string host) => error switch
    {
        SocketError.HostNotFound => Failure.Down(Reasons.NxDomain, $"the name {host} does not exist"),
        SocketError.NoData => Failure.Down(Reasons.NoAddress, $"the name {host} has no address"),
        _ => Failure.Unknown(Reasons.ResolverFailed, $"the resolver of this host failed for {host} ({error}); check /etc/resolv.conf"),
    };

    private static bool Matches(IPAddress address, Family family) => family switch
    {
        Family.V4 => address.AddressFamily == AddressFamily.InterNetwork,
        Family.V6 => address.AddressFamily == AddressFamily.InterNetworkV6,
        _ => true,
    };

    private static string Name(Family family) => family switch
    {
        Family.V4 => "IPv4",
        Family.V6 => "IPv6",
        _ => "usable",
    };
}
