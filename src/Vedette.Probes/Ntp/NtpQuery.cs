using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Vedette.Probes.Datagrams;

namespace Vedette.Probes.Ntp;

/// <summary>One question and the search for its answer among what comes.</summary>
internal sealed class NtpQuery
{
    private readonly NtpTimestamp nonce;

    /// <summary>With a nonce of its own, which only who saw the question can know (RFC 5905 section 8, the bogus check).</summary>
    public NtpQuery()
        : this(new NtpTimestamp(MemoryMarshal.Read<ulong>(RandomNumberGenerator.GetBytes(sizeof(ulong)))))
    {
    }

    internal NtpQuery(NtpTimestamp nonce) => this.nonce = nonce;

    /// <summary>What to send.</summary>
    public byte[] Request => NtpPacket.Request(nonce);

    /// <summary>The answer, once accepted.</summary>
    public NtpPacket Answer { get; private set; }

    /// <summary>How long after the question it came.</summary>
    public TimeSpan After { get; private set; }

    /// <summary>How many datagrams were not it.</summary>
    public int Ignored { get; private set; }

    /// <summary>Why the last of those was not, as the rest of a sentence.</summary>
    public string? Why { get; private set; }

    public bool Accept(Datagram datagram)
    {
        if (Refuse(datagram, out var packet) is { } why)
        {
            (Ignored, Why) = (Ignored + 1, why);
            return false;
        }

        (Answer, After) = (packet, datagram.After);
        return true;
    }

    private string? Refuse(Datagram datagram, out NtpPacket packet)
    {
        packet = default;
        if (datagram.IsCut || !NtpPacket.TryRead(datagram.Bytes, out packet)) return "was not an NTP packet";
        if (packet.Mode != NtpPacket.Server) return $"had the mode {packet.Mode} and not 4, a server's";
        if (packet.Version is < 3 or > NtpPacket.OurVersion) return $"was of the version {packet.Version}";
        if (packet.Origin != nonce) return "answered another question";
        return packet.Stratum != 0 && (packet.Receive.IsZero || packet.Transmit.IsZero) ? "held no time" : null;
    }
}
