using System.Buffers.Binary;
using Vedette.Linux;
using Vedette.Probes.Ntp;
using Vedette.Probes.Tests.Datagrams;

namespace Vedette.Probes.Tests.Ntp;

/// <summary>Answers as a good server does, whose clock is this host's; tests spoil what they like of it.</summary>
internal static class NtpServer
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>A good answer.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="ahead">How far the server's clock is ahead of this host's.</param>
    public static byte[] Answer(byte[] request, TimeSpan ahead = default)
    {
        var now = Instant.Now().Wall + (long)ahead.TotalNanoseconds;
        var answer = new byte[48];
        answer[0] = (4 << 3) | 4;
        (answer[1], answer[2], answer[3]) = (2, 6, unchecked((byte)-23));
        Short(0.010).CopyTo(answer, 4);
        Short(0.005).CopyTo(answer, 8);
        new byte[] { 192, 0, 2, 7 }.CopyTo(answer, 12);
        NtpTimestamp.FromUnix(now - (30 * NanosecondsPerSecond)).Write(answer.AsSpan(16));
        request.AsSpan(40, 8).CopyTo(answer.AsSpan(24));
        NtpTimestamp.FromUnix(now).Write(answer.AsSpan(32));
        NtpTimestamp.FromUnix(now).Write(answer.AsSpan(40));
        return answer;
    }

    /// <summary>The same with something changed.</summary>
    public static byte[] Answer(byte[] request, Action<byte[]> spoil)
    {
        var answer = Answer(request);
        spoil(answer);
        return answer;
    }

    /// <summary>A kiss code: stratum 0, not synchronized, and no time (RFC 5905 section 7.4).</summary>
    public static byte[] Kiss(byte[] request, string code) => Answer(request, answer =>
    {
        (answer[0], answer[1]) = (0xE4, 0);
        for (var i = 0; i < 4; i++) answer[12 + i] = (byte)code[i];
        answer.AsSpan(16, 8).Clear();
        answer.AsSpan(32, 16).Clear();
    });

    /// <summary>Seconds in the short format.</summary>
    public static byte[] Short(double seconds)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, (int)(seconds * 65_536));
        return bytes;
    }

    /// <summary>A server on loopback that says one thing to every question.</summary>
    public static UdpPeer Saying(params Func<byte[], byte[]>[] answers) => new(request => answers.Select(answer => answer(request)));
}
