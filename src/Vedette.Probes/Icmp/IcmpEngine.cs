using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Vedette.Probes.Icmp;

/// <summary>Sends and matches all echoes of one family over one socket: raw where allowed, otherwise the kernel's ping socket.</summary>
internal sealed class IcmpEngine : IDisposable
{
    // RFC 791 section 3.1: the ninth byte of the header.
    private const int TimeToLiveOffset = 8;

    private readonly ConcurrentDictionary<(ushort Id, ushort Sequence), Echo> pending = new();
    private readonly Socket? socket;
    private readonly bool v6;
    private readonly bool raw;

    public IcmpEngine(bool v6)
    {
        this.v6 = v6;
        socket = Open(SocketType.Raw);
        raw = socket is not null;
        socket ??= Open(SocketType.Dgram);
        if (socket is null) return;
        socket.ReceiveBufferSize = 1 << 20;
        socket.Bind(new IPEndPoint(v6 ? IPAddress.IPv6Any : IPAddress.Any, 0));
        Reading = ReadAsync(socket);
    }

    /// <summary>Ends when the engine is disposed.</summary>
    public Task Reading { get; } = Task.CompletedTask;

    /// <summary>Sends one request and gives its echo; a send that fails is an echo that already failed.</summary>
    public Echo Send(IPAddress target, int size, out (ushort Id, ushort Sequence) key)
    {
        var echo = Expect(target, size, out key);
        if (socket is null) echo.Fail(NoPermission);
        else if (Reading.IsCompleted) echo.Fail(Failure.Unknown(Reasons.InternalError, $"nobody reads replies any more: {Reading.Exception?.GetBaseException().Message}; please report this as a bug"));
        else Send(socket, echo, IcmpPacket.Request(v6, key.Item1, key.Item2, echo.Payload));
        return echo;
    }

    /// <summary>Registers an echo under a key that no other in flight has.</summary>
    public Echo Expect(IPAddress target, int size, out (ushort Id, ushort Sequence) key)
    {
        var echo = new Echo(target, RandomNumberGenerator.GetBytes(size)) { Sent = Stopwatch.GetTimestamp() };
        do key = (raw ? Random16() : (ushort)0, Random16());
        while (!pending.TryAdd(key, echo));
        return echo;
    }

    public void Forget((ushort, ushort) key) => pending.TryRemove(key, out _);

    public void Dispose() => socket?.Dispose();

    private static Failure NoPermission => Failure.Unknown(
        Reasons.NoPermission,
        "this process may not send pings; give the program cap_net_raw with setcap, or let its group ping with sysctl net.ipv4.ping_group_range");

    private static Failure NoNeighbor(IPAddress target) => Failure.Down(Reasons.NoNeighbor, $"{target} does not answer on its own network");

    // An error message from one of this host's own addresses: its kernel asked the network for the neighbour in vain.
    private static bool IsOurs(IPAddress source) =>
        NetworkInterface.GetAllNetworkInterfaces().SelectMany(link => link.GetIPProperties().UnicastAddresses).Any(own => Same(own.Address, source));

    private static ushort Random16() => (ushort)RandomNumberGenerator.GetInt32(65536);

    private static void Send(Socket socket, Echo echo, byte[] packet)
    {
        echo.Sent = Stopwatch.GetTimestamp();
        try
        {
            socket.SendTo(packet, new IPEndPoint(echo.Target, 0));
        }
        catch (SocketException e)
        {
            echo.Fail(e.SocketErrorCode == SocketError.HostUnreachable
                ? NoNeighbor(echo.Target)
                : SocketFailures.From(e.SocketErrorCode, "sending the echo request") with { Status = Status.Unknown });
        }
    }

    private Socket? Open(SocketType type)
    {
        try
        {
            return v6 ? new(AddressFamily.InterNetworkV6, type, ProtocolType.IcmpV6) : new(AddressFamily.InterNetwork, type, ProtocolType.Icmp);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private async Task ReadAsync(Socket from)
    {
        var buffer = new byte[65536];
        var any = new IPEndPoint(v6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        while (true)
        {
            try
            {
                var got = await from.ReceiveFromAsync(buffer, SocketFlags.None, any);
                Take(buffer.AsSpan(0, got.ReceivedBytes), ((IPEndPoint)got.RemoteEndPoint).Address);
            }
            catch (SocketException e) when (e.SocketErrorCode != SocketError.OperationAborted)
            {
                // An error queued by an earlier send; the socket goes on.
                continue;
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private void Take(ReadOnlySpan<byte> bytes, IPAddress source)
    {
        if (raw && !v6) Match(IcmpPacket.WithoutHeader4(bytes), bytes.Length > TimeToLiveOffset ? bytes[TimeToLiveOffset] : null, source);
        else Match(bytes, hopLimit: null, source);
    }

    /// <summary>Gives a message, from the ICMP header on, to the echo it is about, if there is one.</summary>
    public void Match(ReadOnlySpan<byte> icmp, int? hopLimit, IPAddress source)
    {
        if (IcmpPacket.Read(icmp, v6) is not { } packet) return;
        if (!pending.TryGetValue((raw ? packet.Id : (ushort)0, packet.Sequence), out var echo)) return;
        if (packet.QuotedTarget is { } quoted)
        {
            if (Same(quoted, echo.Target)) echo.Fail(IsOurs(source) ? NoNeighbor(echo.Target) : IcmpErrors.Explain(packet, v6, source));
        }
        else if (icmp[IcmpPacket.HeaderSize..].SequenceEqual(echo.Payload))
        {
            if (Same(source, echo.Target)) echo.Answer(hopLimit);
            else echo.Fail(Failure.Down(Reasons.UnexpectedSource, $"{source} answered in the place of {echo.Target}"));
        }
    }

    private static bool Same(IPAddress a, IPAddress b) => a.GetAddressBytes().AsSpan().SequenceEqual(b.GetAddressBytes());
}
