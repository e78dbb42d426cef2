namespace Vedette.Linux.Sockets;

/// <summary>The numbers of <c>asm-generic/socket.h</c>, <c>linux/in.h</c>, <c>linux/in6.h</c>, <c>linux/icmp.h</c> and <c>linux/errqueue.h</c>; x64 and arm64 share them.</summary>
internal static class SocketConstants
{
    public const int FamilyInet = 2;
    public const int FamilyInet6 = 10;
    public const int CloseOnExec = 0x80000;
    public const int NonBlocking = 0x800;

    public const int LevelSocket = 1;
    public const int LevelIp = 0;
    public const int LevelIp6 = 41;
    public const int LevelRaw = 255;
    public const int LevelIcmp6 = 58;

    public const int SendBuffer = 7;
    public const int ReceiveBuffer = 8;
    public const int ReceiveBufferForce = 33;
    public const int AttachFilter = 26;
    public const int TimestampNs = 35;
    public const int ReceiveQueueOverflow = 40;

    public const int IpTtl = 2;
    public const int IpPacketInfo = 8;
    public const int IpMtuDiscover = 10;
    public const int IpReceiveErrors = 11;
    public const int IpReceiveTtl = 12;
    public const int IpReceiveErrorsExtended = 26;

    public const int Ip6MtuDiscover = 23;
    public const int Ip6Mtu = 24;
    public const int Ip6ReceiveErrors = 25;
    public const int Ip6ReceiveErrorsExtended = 31;
    public const int Ip6PacketInfo = 50;
    public const int Ip6ReceiveHopLimit = 51;
    public const int Ip6HopLimit = 52;
    public const int Ip6DontFragment = 62;
    public const int Ip6AutoFlowLabel = 70;

    /// <summary>Never set the DF bit, and cut what does not fit.</summary>
    public const int MtuDiscoverDont = 0;

    /// <summary>Set the DF bit and try the path anew each time, whatever earlier answers said of it.</summary>
    public const int MtuDiscoverProbe = 3;

    public const int IcmpFilter = 1;

    public const int Truncated = 0x20;
    public const int DontWait = 0x40;
    public const int ErrorQueue = 0x2000;

    public const byte OriginIcmp = 2;
    public const byte OriginIcmp6 = 3;

    /// <summary>What stands behind a quoted packet is not a well-formed extension.</summary>
    public const byte ExtensionInvalid = 1;
}
