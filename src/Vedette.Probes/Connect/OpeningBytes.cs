using System.Text;

namespace Vedette.Probes.Connect;

/// <summary>Passes everything through and keeps the first bytes that came, so that a peer which does not speak TLS can be told by what it says instead.</summary>
/// <param name="inner">It stays the caller's.</param>
internal sealed class OpeningBytes(Stream inner) : Stream
{
    private const int MostKept = 64;

    private readonly byte[] kept = new byte[MostKept];
    private int count;

    /// <summary>Whether anything came at all.</summary>
    public bool None => count == 0;

    // RFC 8446 section 5.1: a record begins with its content type, 20 to 23, and the major version 3.
    public bool AreTls => count > 0 && kept[0] is >= 20 and <= 23 && (count == 1 || kept[1] == 3);

    /// <summary>The first line where it is readable, otherwise the first bytes as hexadecimal digits.</summary>
    public string Quote()
    {
        var line = kept.AsSpan(0, count);
        if (line.IndexOfAny((byte)'\r', (byte)'\n') is var end and >= 0) line = line[..end];
        return line.Length > 0 && !line.ContainsAnyExceptInRange((byte)' ', (byte)'~')
            ? $"'{Encoding.ASCII.GetString(line)}'"
            : $"the bytes {Convert.ToHexStringLower(kept.AsSpan(0, Math.Min(count, 16)))}";
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        Keep(buffer.Span[..read]);
        return read;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = inner.Read(buffer, offset, count);
        Keep(buffer.AsSpan(offset, read));
        return read;
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();

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

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    private void Keep(ReadOnlySpan<byte> came)
    {
        var more = came[..Math.Min(came.Length, MostKept - count)];
        more.CopyTo(kept.AsSpan(count));
        count += more.Length;
    }
}
