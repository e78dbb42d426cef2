using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Vedette.Probes.Tests.Tcp;

namespace Vedette.Probes.Tests.Tls;

/// <summary>Servers of TLS, from honest to broken off.</summary>
internal static class TlsPeer
{
    /// <summary>Shakes hands with a certificate and whatever else it is to send, and then says nothing.</summary>
    public static Peer Serving(X509Certificate2 leaf, X509Certificate2[]? intermediates = null, Action<SslServerAuthenticationOptions>? adjust = null, Func<SslStream, CancellationToken, Task>? then = null)
    {
        var context = SslStreamCertificateContext.Create(leaf, [.. intermediates ?? []], offline: true);
        return new Peer(async (socket, stop) =>
        {
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            await ServeAsync(stream, context, adjust, then, stop);
            await Peer.Silence(socket, stop);
        });
    }

    /// <summary>The same, but what it sends ends after so many bytes: in a closed connection, or in silence.</summary>
    public static Peer Cut(X509Certificate2 leaf, int after, bool silent) => new(async (socket, stop) =>
    {
        await using var stream = new CutStream(socket, after, silent);
        await ServeAsync(stream, SslStreamCertificateContext.Create(leaf, null, offline: true), null, null, stop);
        if (silent) await Peer.Silence(socket, stop);
    });

    /// <summary>Reads what the client says first and answers with bytes of its own.</summary>
    public static Peer Saying(byte[] answer, bool close = false) => new(async (socket, stop) =>
    {
        await socket.ReceiveAsync(new byte[4096], stop);
        await socket.SendAsync(answer, stop);
        if (!close) await Peer.Silence(socket, stop);
    });

    private static async Task ServeAsync(Stream stream, SslStreamCertificateContext context, Action<SslServerAuthenticationOptions>? adjust, Func<SslStream, CancellationToken, Task>? then, CancellationToken stop)
    {
        await using var tls = new SslStream(stream, leaveInnerStreamOpen: true);
        var options = new SslServerAuthenticationOptions { ServerCertificateContext = context };
        adjust?.Invoke(options);
        try
        {
            await tls.AuthenticateAsServerAsync(options, stop);
            if (then is not null) await then(tls, stop);
        }
        catch (AuthenticationException)
        {
            // The client did not like it, or was not liked; the next one is what matters.
            return;
        }
    }

    private sealed class CutStream(Socket socket, int after, bool silent) : NetworkStream(socket, ownsSocket: false)
    {
        private int left = after;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var part = Math.Min(left, buffer.Length);
            await base.WriteAsync(buffer[..part], cancellationToken);
            left -= part;
            if (part == buffer.Length) return;
            if (silent) await Peer.Silence(Socket, cancellationToken);
            throw new IOException("cut");
        }
    }
}
