using System.Net;
using System.Net.Sockets;
using Vedette.Linux;
using Vedette.Linux.Host;
using Vedette.Linux.Sockets;
using Vedette.Probes.Icmp;

namespace Vedette.Probes.Traceroute;

/// <summary>Opens what a trace needs: a raw socket where the process may (CAP_NET_RAW), otherwise what everybody may open.</summary>
/// <param name="allowRaw">False does without raw sockets.</param>
internal sealed class Channels(bool allowRaw)
{
    // Another check of the same target may have the flow that this one prefers.
    private const int Tries = 16;

    private readonly Lock gate = new();
    private bool rehearsed;
    private readonly HashSet<(IPAddress Target, ushort Id)> echoing = [];

    /// <summary>Opens a channel; null with the failure when it cannot.</summary>
    public Channel? Open(IPAddress target, TraceTerms terms, out Failure? failure)
    {
        failure = null;
        try
        {
            Rehearse();
            return (allowRaw ? OpenRaw(target, terms) : null) ?? OpenUnprivileged(target, terms);
        }
        catch (SocketException e)
        {
            failure = Refusal(e.SocketErrorCode, target, terms.Method);
            return null;
        }
    }

    /// <summary>What every socket of a trace has: who reported errors, with what extensions, when, and how far away they are.</summary>
    public static void Configure(Socket socket)
    {
        socket.KeepReports();
        socket.TellExtensions();
        socket.StampArrivals();
        socket.TellHopLimits();
        if (socket.AddressFamily == AddressFamily.InterNetworkV6) socket.LeaveFlowLabel();
    }

    private static Failure Refusal(SocketError error, IPAddress target, TraceMethod method) => error switch
    {
        SocketError.AccessDenied when OwnAddresses.IsBroadcast(target) => IcmpFailures.Broadcast(target),
        SocketError.AccessDenied when method == TraceMethod.Icmp => IcmpFailures.NoPermission,
        _ => SocketFailures.From(error, $"opening a socket to {target}") with { Status = Status.Unknown },
    };

    // Goes through the motions of sending, to nobody, so that compiling them is not part of the first round trip.
    private void Rehearse()
    {
        if (rehearsed) return;
        using var nowhere = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _ = Instant.Now();
        nowhere.Send(ReadOnlySpan<byte>.Empty, SocketFlags.None, out _);
        rehearsed = true;
    }

    private PacketChannel? OpenRaw(IPAddress target, TraceTerms terms)
    {
        var v6 = target.AddressFamily == AddressFamily.InterNetworkV6;
        Socket? socket = null;
        IDisposable? reserved = null;
        try
        {
            socket = new(target.AddressFamily, SocketType.Raw, Protocol(terms.Method, v6));
            (reserved, var number) = Reserve(target, terms);
            Configure(socket);
            if (terms.Method == TraceMethod.Icmp) socket.HearTypes(v6 ? (byte)129 : (byte)0);
            else socket.HearPort(number);
            var channel = Connect(socket, isRaw: true, target, number, terms, reserved);
            (socket, reserved) = (null, null);
            return channel;
        }
        catch (SocketException e) when (socket is null && e.SocketErrorCode == SocketError.AccessDenied)
        {
            return null;
        }
        finally
        {
            socket?.Dispose();
            reserved?.Dispose();
        }
    }

    private static Channel OpenUnprivileged(IPAddress target, TraceTerms terms)
    {
        if (terms.Method == TraceMethod.Tcp)
        {
            var (free, port) = Bind(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp, terms.Flow);
            free.Dispose();
            return new ConnectChannel(new(HostNetwork.SourceTo(target) ?? throw new SocketException((int)SocketError.NetworkUnreachable), port, target, terms.Port));
        }

        var v6 = target.AddressFamily == AddressFamily.InterNetworkV6;
        var (socket, number) = Bind(target.AddressFamily, SocketType.Dgram, Protocol(terms.Method, v6), terms.Flow);
        try
        {
            Configure(socket);
            return Connect(socket, isRaw: false, target, number, terms, reserved: null);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    private static PacketChannel Connect(Socket socket, bool isRaw, IPAddress target, ushort number, TraceTerms terms, IDisposable? reserved)
    {
        // Without DF: a router that would have to say that a packet is too long is one less to be told.
        if (target.AddressFamily == AddressFamily.InterNetwork) socket.DontFragment = false;
        socket.Connect(new IPEndPoint(target, isRaw ? 0 : terms.Port));
        var flow = new Flow(((IPEndPoint)socket.LocalEndPoint!).Address, number, target, terms.Port);
        Wire wire = terms.Method switch
        {
            TraceMethod.Icmp => new EchoWire(flow),
            TraceMethod.Tcp => new SynWire(flow),
            _ => new UdpWire(flow, ownHeader: isRaw),
        };
        return new(socket, isRaw, wire, reserved, flow);
    }

    // A raw socket takes no port from anybody: what does, or for echo requests a note, is kept beside it.
    private (IDisposable Reserved, ushort Number) Reserve(IPAddress target, TraceTerms terms)
    {
        if (terms.Method == TraceMethod.Icmp) return Claim(target, terms.Flow);
        return terms.Method == TraceMethod.Tcp
            ? Bind(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp, terms.Flow)
            : Bind(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp, terms.Flow);
    }

    private static (Socket Socket, ushort Number) Bind(AddressFamily family, SocketType type, ProtocolType protocol, ushort preferred)
    {
        var any = family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;
        var socket = new Socket(family, type, protocol);
        for (var tries = 0; ; tries++)
        {
            try
            {
                // Port 0 lets the kernel choose; and number 0 is none of a trace's.
                socket.Bind(new IPEndPoint(any, tries < Tries ? Next(preferred, tries) : 0));
                return (socket, (ushort)((IPEndPoint)socket.LocalEndPoint!).Port);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse && tries < Tries)
            {
                continue;
            }
            catch (SocketException)
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private (IDisposable Claim, ushort Id) Claim(IPAddress target, ushort preferred)
    {
        lock (gate)
        {
            var tries = 0;
            while (!echoing.Add((target, Next(preferred, tries)))) tries++;
            return (new Claimed(this, target, Next(preferred, tries)), Next(preferred, tries));
        }
    }

    private void Free(IPAddress target, ushort id)
    {
        lock (gate) echoing.Remove((target, id));
    }

    private static ushort Next(ushort preferred, int tries) => (ushort)(TraceTerms.FirstFlow + ((preferred - TraceTerms.FirstFlow + tries) % TraceTerms.Flows));

    private static ProtocolType Protocol(TraceMethod method, bool v6) => method switch
    {
        TraceMethod.Icmp => v6 ? ProtocolType.IcmpV6 : ProtocolType.Icmp,
        TraceMethod.Tcp => ProtocolType.Tcp,
        _ => ProtocolType.Udp,
    };

    private sealed class Claimed(Channels channels, IPAddress target, ushort id) : IDisposable
    {
        public void Dispose() => channels.Free(target, id);
    }
}
