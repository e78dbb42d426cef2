using System.Net;
using System.Net.Sockets;

namespace Vedette.Probes.Traceroute;

/// <summary>What a quoted packet tells.</summary>
/// <param name="IsOurs">Nothing in it contradicts that it belongs to this trace.</param>
/// <param name="Shot">Which of its packets it is; null where the quote ends before it tells.</param>
/// <param name="Altered">Whether it was changed on the way; null where the quote does not show it.</param>
internal readonly record struct Quote(bool IsOurs, int? Shot, bool? Altered)
{
    public static Quote Foreign => default;
}

/// <summary>What the target answered without an error.</summary>
/// <param name="IsOurs">It belongs to this trace.</param>
/// <param name="Shot">Which packet it answers; null where it does not tell.</param>
/// <param name="Word">What it is: <c>echo_reply</c>, <c>syn_ack</c>, <c>rst</c> or <c>udp_reply</c>.</param>
internal readonly record struct Answer(bool IsOurs, int? Shot, string Word)
{
    public static Answer Foreign => default;
}

/// <summary>The packets of one trace in one form. All have the same flow: what routers choose a way by is the same in each.</summary>
internal abstract class Wire
{
    /// <summary>The longest packet.</summary>
    public const int Largest = 1024;

    /// <summary>How many bytes of a packet, behind its IP header, the kernel adds, and takes away from the quotes it gives.</summary>
    public virtual int Hidden => 0;

    /// <summary>Writes a packet into a buffer of <see cref="Largest"/>; how long it is.</summary>
    public abstract int Write(Span<byte> packet, int shot);

    /// <summary>Reads a quoted packet, cut anywhere, from where this host's program began to write it.</summary>
    public abstract Quote ReadQuote(ReadOnlySpan<byte> quote);

    /// <summary>Reads a packet that the target sent, from its transport header on, or its payload where the header is hidden.</summary>
    public abstract Answer ReadAnswer(ReadOnlySpan<byte> packet);

    /// <summary>Whether this is not what was sent but what fills a quote up to where its extensions begin (RFC 4884 section 5.1).</summary>
    protected static bool IsPadding(ReadOnlySpan<byte> quoted) => quoted.Length > 0 && !quoted.ContainsAnyExcept((byte)0);
}

/// <summary>From where to where the packets of a trace go.</summary>
/// <param name="Source">This host.</param>
/// <param name="SourcePort">Or the identifier of echo requests.</param>
/// <param name="Target">The other end.</param>
/// <param name="TargetPort">0 with ICMP.</param>
internal sealed record Flow(IPAddress Source, ushort SourcePort, IPAddress Target, ushort TargetPort)
{
    public bool IsV6 => Target.AddressFamily == AddressFamily.InterNetworkV6;
}
