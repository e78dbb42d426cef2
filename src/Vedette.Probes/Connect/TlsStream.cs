using System.Buffers;
using System.Security.Cryptography.X509Certificates;
using Vedette.Linux.OpenSsl;

namespace Vedette.Probes.Connect;

/// <summary>A TLS connection over a stream: a session, and the bytes it needs carried to and fro. One call at a time.</summary>
/// <param name="inner">It stays the caller's.</param>
/// <param name="session">It becomes this stream's.</param>
internal sealed class TlsStream(Stream inner, TlsSession session) : Stream
{
    private const int PieceSize = 16 * 1024;

    private RecordEdges edges;

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
    /// <exception cref="EndOfStreamException">The server closed the connection, or said that nothing more comes.</exception>
    /// <exception cref="IOException">The connection failed.</exception>
    public async ValueTask ShakeAsync(CancellationToken cancellation)
    {
        for (Progress progress; (progress = await StepAsync(cancellation)) != Progress.Done;)
            if (progress == Progress.Ended || !await ReceiveAsync(cancellation)) throw new EndOfStreamException();
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
            var progress = Read(buffer.Span, out var read, out var wrong);

            // An alert, or the answer to a new key (RFC 8446 section 4.6.3): what was read counts whether that can be sent or not.
            if (session.Unsent > 0) await TellAsync(cancellationToken);
            if (wrong is not null) throw wrong;
            if (progress != Progress.NeedsInput) return read;
            if (await ReceiveAsync(cancellationToken)) continue;
            return edges.AtEdge ? 0 : throw new EndOfStreamException();
        }
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (var rest = buffer; !rest.IsEmpty;)
        {
            var part = rest[..Math.Min(rest.Length, PieceSize)];
            var progress = session.Write(part.Span);
            await SendAsync(cancellationToken);

            // In TLS 1.2 a server may have begun a new handshake, which has to end first.
            if (progress == Progress.Done) rest = rest[part.Length..];
            else if (progress == Progress.Ended || !await ReceiveAsync(cancellationToken)) throw new EndOfStreamException();
        }
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
        if (disposing) session.Dispose();
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

    private Progress Read(Span<byte> buffer, out int read, out TlsException? wrong)
    {
        try
        {
            wrong = null;
            return session.Read(buffer, out read);
        }
        catch (TlsException e)
        {
            (read, wrong) = (0, e);
            return Progress.Ended;
        }
    }

    // RFC 8446 section 6.2: of a failure the other side is told by an alert.
    private async ValueTask TellAsync(CancellationToken cancellation)
    {
        try
        {
            await SendAsync(cancellation);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The server has gone since, or does not listen: there is nobody to tell.
            return;
        }
    }

    private async ValueTask SendAsync(CancellationToken cancellation)
    {
        if (session.Unsent == 0) return;
        using var rented = MemoryPool<byte>.Shared.Rent(PieceSize);
        while (session.Take(rented.Memory.Span) is var taken and > 0) await inner.WriteAsync(rented.Memory[..taken], cancellation);
    }

    private async ValueTask<bool> ReceiveAsync(CancellationToken cancellation)
    {
        using var rented = MemoryPool<byte>.Shared.Rent(PieceSize);
        var read = await inner.ReadAsync(rented.Memory, cancellation);
        if (read == 0) return false;
        var came = rented.Memory[..read];
        Heard.Keep(came.Span);
        edges.Follow(came.Span);
        session.Put(came.Span);
        return true;
    }
}
