using System.Buffers;
using System.Security.Cryptography.X509Certificates;
using Vedette.Linux.OpenSsl;

namespace Vedette.Probes.Connect;

/// <summary>A TLS connection over a stream: a session, and the bytes it needs carried to and fro. One read and one write at a time.</summary>
/// <param name="inner">It stays the caller's.</param>
/// <param name="session">It becomes this stream's.</param>
internal sealed class TlsStream(Stream inner, TlsSession session) : Stream
{
    private const int ReadSize = 16 * 1024;

    private readonly SemaphoreSlim sending = new(1);

    /// <summary>What the server said first.</summary>
    public OpeningBytes Heard { get; } = new();

    /// <summary>Whether the server asked for a client certificate.</summary>
    public bool WantsCertificate => session.WantsCertificate;

    /// <summary>What was agreed on, once hands are shaken.</summary>
    public Agreed? Agreed { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Shakes hands.</summary>
    /// <exception cref="TlsException">It failed.</exception>
    /// <exception cref="EndOfStreamException">The server closed the connection.</exception>
    /// <exception cref="IOException">The connection failed.</exception>
    public async ValueTask ShakeAsync(CancellationToken cancellation)
    {
        while (await StepAsync(cancellation) != Progress.Done)
            if (!await ReceiveAsync(cancellation)) throw new EndOfStreamException();
        Agreed = new(session.Version, session.Cipher, session.Protocol);
    }

    /// <summary>The certificates that came so far, the server's own first; the caller disposes them.</summary>
    public List<X509Certificate2> Certificates() => session.Certificates();

    /// <summary>Says that nothing more comes (close_notify, RFC 8446 section 6.1).</summary>
    public ValueTask EndAsync(CancellationToken cancellation)
    {
        session.End();
        return SendAsync(cancellation);
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var progress = session.Read(buffer.Span, out var read);
            if (session.Unsent > 0) await SendAsync(cancellationToken);
            if (progress != Progress.NeedsInput) return read;
            if (await ReceiveAsync(cancellationToken)) continue;
            return session.IsAmidRecord ? throw new EndOfStreamException() : 0;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Only a reading that goes on at the same time can have begun a new handshake, which TLS 1.2 lets a server ask for.
        if (session.Write(buffer.Span) != Progress.Done) throw new IOException("the server began a new handshake before it had heard everything");
        await SendAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
        // What is written is sent at once.
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            session.Dispose();
            sending.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<Progress> StepAsync(CancellationToken cancellation)
    {
        try
        {
            var progress = session.Shake();
            await SendAsync(cancellation);
            return progress;
        }
        catch (TlsException)
        {
            await TellAsync(cancellation);
            throw;
        }
    }

    // RFC 8446 section 6.2: of a failure the other side is told by an alert.
    private async ValueTask TellAsync(CancellationToken cancellation)
    {
        try
        {
            await SendAsync(cancellation);
        }
        catch (IOException)
        {
            // The server has gone since: there is nobody to tell.
            return;
        }
    }

    private async ValueTask SendAsync(CancellationToken cancellation)
    {
        await sending.WaitAsync(cancellation);
        try
        {
            while (session.Unsent is var length and > 0)
            {
                using var rented = MemoryPool<byte>.Shared.Rent(length);
                await inner.WriteAsync(rented.Memory[..session.Take(rented.Memory.Span[..length])], cancellation);
            }
        }
        finally
        {
            sending.Release();
        }
    }

    private async ValueTask<bool> ReceiveAsync(CancellationToken cancellation)
    {
        using var rented = MemoryPool<byte>.Shared.Rent(ReadSize);
        var read = await inner.ReadAsync(rented.Memory, cancellation);
        if (read == 0) return false;
        Heard.Keep(rented.Memory.Span[..read]);
        session.Put(rented.Memory.Span[..read]);
        return true;
    }
}
