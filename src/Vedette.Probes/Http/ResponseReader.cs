using System.Buffers;
using System.Globalization;

namespace Vedette.Probes.Http;

/// <summary>
/// Reads one HTTP/1 answer from a stream, to its very end: an answer cut short is a failure whatever its status said.
/// Head and body are bounded, and the run's deadline bounds the whole, so a trickling peer gains nothing.
/// </summary>
/// <param name="stream">Where the answer comes from.</param>
/// <param name="body">Takes the body.</param>
/// <param name="run">Deadline and clock.</param>
internal sealed class ResponseReader(Stream stream, ReceivedBody body, RunContext run) : IDisposable
{
    private const int MostChunkLine = 4096;

    // Thousands may wait for their answers at once, and few answers need more.
    private const int FirstRoom = 2048;

    private byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstRoom);
    private int start;
    private int end;
    private ReadOnlyMemory<byte> line;
    private TimeSpan? firstByteAt;

    /// <summary>The answer as far as it came; null before its header is complete.</summary>
    public Response? Response { get; private set; }

    /// <summary>What it is at, for sentences.</summary>
    public string Doing => firstByteAt is null ? "waiting for the answer" : "reading the answer";

    /// <summary>Reads the answer to a request into <see cref="Response"/>; null when it is whole.</summary>
    /// <param name="method">Of the request: an answer to HEAD has no body.</param>
    public async ValueTask<Failure?> ReadAsync(string method)
    {
        var (head, failure) = await ReadFinalHeadAsync();
        if (head is null) return failure;
        Response = new(head, body, firstByteAt!.Value);
        if (ContentCoding.IsKnown(head)) body.Keep();
        return await ReadBodyAsync(head, method);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
    }

    private async ValueTask<(ResponseHead?, Failure?)> ReadFinalHeadAsync()
    {
        for (var interim = 0; interim <= Response.MostInterim; interim++)
        {
            var (head, failure) = await ReadHeadAsync();
            if (head is null || head.Status >= 200) return (head, failure);
            if (head.Status == 101) return (null, Failure.Down(Reasons.ProtocolError, "the server switched protocols without being asked"));
        }

        return (null, Response.TooManyInterim);
    }

    private async ValueTask<(ResponseHead?, Failure?)> ReadHeadAsync()
    {
        int size;
        while ((size = HeadSize()) < 0)
        {
            if (ResponseHead.RefuseStart(buffer.AsSpan(start, end - start)) is { } foreign) return (null, foreign);
            if (end - start >= Response.MostHead) return (null, Response.HeadTooLarge);
            if (await FillAsync() == 0) return (null, Failure.Down(Reasons.Truncated, end == start ? "the server closed the connection without an answer" : "the answer ended within its header"));
        }

        var read = ResponseHead.Read(buffer.AsSpan(start, size));
        start += size;
        return read;
    }

    private int HeadSize()
    {
        var unread = buffer.AsSpan(start, end - start);
        var crlf = unread.IndexOf("\r\n\r\n"u8);
        return crlf >= 0 ? crlf + 4 : -1;
    }

    // RFC 9112 section 6.3: which of the ways a body ends applies.
    private async ValueTask<Failure?> ReadBodyAsync(ResponseHead head, string method)
    {
        if (head.HasNoBody(method)) return null;
        if (head.First("Transfer-Encoding") is { } coding)
        {
            if (head.First("Content-Length") is not null) return Failure.Down(Reasons.ProtocolError, "the answer gives both a length and chunks, which is how requests are smuggled");
            return coding.Trim().Equals("chunked", StringComparison.OrdinalIgnoreCase)
                ? await ReadChunksAsync()
                : Failure.Down(Reasons.ProtocolError, $"the transfer coding '{coding}' was not asked for");
        }

        if (!head.TryGetLength(out var length)) return ResponseHead.LengthUnclear;
        if (length is not { } size) return await ReadToCloseAsync();
        return body.Refuse(size) ?? await TakeAsync(size);
    }

    // RFC 9112 section 7.1: chunk-size [ ext ] CRLF data CRLF ... 0 CRLF [ trailers ] CRLF.
    private async ValueTask<Failure?> ReadChunksAsync()
    {
        while (true)
        {
            if (await ReadLineAsync() is { } failure) return failure;
            if (!TryReadSize(line.Span, out var size)) return Failure.Down(Reasons.ProtocolError, "a chunk of the body has no size");
            if (size == 0) return await SkipTrailersAsync();
            if (body.Refuse(size) is { } tooLarge) return tooLarge;
            if (await TakeAsync(size) is { } cut) return cut;
            if (await ReadLineAsync() is { } unended) return unended;
            if (line.Length > 0) return Failure.Down(Reasons.ProtocolError, "a chunk of the body is longer than it said");
        }
    }

    private async ValueTask<Failure?> SkipTrailersAsync()
    {
        for (var size = 0; size < Response.MostHead;)
        {
            if (await ReadLineAsync() is { } failure) return failure;
            if (line.Length == 0) return null;
            size += line.Length;
        }

        return Failure.Down(Reasons.TooLarge, $"the trailers of the answer are larger than {Response.MostHead} bytes");
    }

    private static bool TryReadSize(ReadOnlySpan<byte> header, out long size)
    {
        var digits = header[..(header.IndexOf((byte)';') is var semicolon and >= 0 ? semicolon : header.Length)].Trim(" \t"u8);
        size = 0;
        return digits.Length is > 0 and <= 15 && long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out size);
    }

    // Into the line, which is good until more is read. A string would be made for every byte of a body whose chunks have one each.
    private async ValueTask<Failure?> ReadLineAsync()
    {
        int at;
        while ((at = buffer.AsSpan(start, end - start).IndexOf("\r\n"u8)) < 0)
        {
            if (end - start > MostChunkLine) return Failure.Down(Reasons.ProtocolError, "a chunk of the body has no size");
            if (await FillAsync() == 0) return body.Cut();
        }

        line = buffer.AsMemory(start, at);
        start += at + 2;
        return null;
    }

    private async ValueTask<Failure?> TakeAsync(long size)
    {
        while (size > 0)
        {
            if (start == end && await FillAsync() == 0) return body.Cut();
            size -= Take((int)Math.Min(size, end - start));
        }

        return null;
    }

    private async ValueTask<Failure?> ReadToCloseAsync()
    {
        do
        {
            if (body.Refuse(end - start) is { } tooLarge) return tooLarge;
            Take(end - start);
        }
        while (await FillAsync() > 0);
        return null;
    }

    private int Take(int count)
    {
        body.Take(buffer.AsSpan(start, count));
        start += count;
        return count;
    }

    private async ValueTask<int> FillAsync()
    {
        MakeRoom();
        var read = await stream.ReadAsync(buffer.AsMemory(end), run.Cancellation);
        firstByteAt ??= run.Elapsed;
        end += read;
        return read;
    }

    // Where all room was used, there may be much more to come.
    private void MakeRoom()
    {
        var unread = buffer.AsSpan(start, end - start);
        var before = buffer;
        if (end == buffer.Length && end < Response.MostHead) buffer = ArrayPool<byte>.Shared.Rent(2 * before.Length);
        unread.CopyTo(buffer);
        (start, end) = (0, unread.Length);
        if (buffer != before) ArrayPool<byte>.Shared.Return(before);
    }
}
