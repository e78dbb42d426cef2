namespace Vedette.Probes.Http;

/// <summary>
/// A packed body as the framework's decoders read it. They take a body that was cut for whole and pass over what follows it, without a word; what
/// they ask for says more. The last byte comes alone: a decoder that never asked for it was done before, one that asks for more was not done.
/// </summary>
/// <param name="body">As it was received, not empty.</param>
/// <param name="members">
/// The format is a row of members without an end of its own, so its decoder looks for one more. It finds a byte that begins none, which leaves it
/// nothing to ask for unless it took that for a part of the last one.
/// </param>
internal sealed class PackedBody(ReadOnlyMemory<byte> body, bool members) : Stream
{
    private readonly int looks = members ? 1 : 0;
    private int next;
    private int beyond;

    /// <summary>The decoder was given all there is, and asked for more.</summary>
    public bool IsUsedUp => beyond > 0;

    /// <summary>The decoder was not done at the end.</summary>
    public bool IsCut => beyond > looks;

    /// <summary>The decoder was done before the end.</summary>
    public bool HasMore => next < body.Length || beyond < looks;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        var left = body.Length - next;
        if (left == 0) return End(buffer);
        var count = Math.Min(buffer.Length, Math.Max(left - 1, 1));
        body.Span.Slice(next, count).CopyTo(buffer);
        next += count;
        return count;
    }

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int End(Span<byte> buffer)
    {
        if (++beyond > looks) return 0;
        buffer[0] = 0;
        return 1;
    }
}
