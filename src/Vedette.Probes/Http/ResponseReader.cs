using System.Buffers;
using System.Globalization;

namespace Vedette.Probes.Http;

/// <summary>A complete answer.</summary>
/// <param name="Head">Status and fields.</param>
/// <param name="Length">Bytes of the body, without framing.</param>
/// <param name="Body">The body if it was asked for, else empty.</param>
/// <param name="FirstByteAt">Time into the run at which the answer began.</param>
internal sealed record Response(ResponseHead Head, long Length, ReadOnlyMemory<byte> Body, TimeSpan FirstByteAt);

/// <summary>
/// Reads one HTTP/1 answer from a stream, to its very end: an answer cut short is a failure whatever its status said.
/// Head and body are bounded, and the run's deadline bounds the whole, so a trickling peer gains nothing.
/// </summary>
/// <param name="stream">Where the answer comes from.</param>
/// <param name="run">Deadline and clock.</param>
internal sealed class ResponseReader(Stream stream, RunContext run) : IDisposable
{
    private const int MostHead = 64 * 1024;
    private const int MostChunkLine = 4096;
    private const int MostInterim = 20;

    private byte[] buffer = ArrayPool<byte>.Shared.Rent(MostHead + 1);
    private int start;
    private int end;
    private TimeSpan? firstByteAt;
    private long length;
    private ArrayBufferWriter<byte>? kept;

    /// <summary>Whether anything of the answer has come.</summary>
    public bool HasBegun => firstByteAt is not null;

    /// <summary>Reads the answer to a request.</summary>
    /// <param name="method">Of the request: an answer to HEAD has no body.</param>
    /// <param name="mostBody">The largest body accepted, in bytes.</param>
    /// <param name="keep">Whether the body is wanted.</param>
    public async ValueTask<(Response? Response, Failure? Failure)> ReadAsync(string method, long mostBody, bool keep)
    {
        var (head, failure) = await ReadFinalHeadAsync();
        if (head is null) return (null, failure);
        if (keep) kept = new ArrayBufferWriter<byte>();
        failure = await ReadBodyAsync(head, method, mostBody);
        return failure is null ? (new Response(head, length, kept?.WrittenMemory ?? default, firstByteAt!.Value), null) : (new Response(head, length, default, firstByteAt!.Value), failure);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
    }

    // RFC 9110 section 15.2: any number of 1xx answers may come first; a bounded number is believed.
    private async ValueTask<(ResponseHead?, Failure?)> ReadFinalHeadAsync()
    {
        for (var interim = 0; interim <= MostInterim; interim++)
        {
            var (head, failure) = await ReadHeadAsync();
            if (head is null || head.Status >= 200) return (head, failure);
            if (head.Status == 101) return (null, Failure.Down(Reasons.ProtocolError, "the server switched protocols without being asked"));
        }

        return (null, Failure.Down(Reasons.ProtocolError, $"the server sent more than {MostInterim} interim answers"));
    }

    private async ValueTask<(ResponseHead?, Failure?)> ReadHeadAsync()
    {
        int size;
        while ((size = HeadSize()) < 0)
        {
            if (end - start >= MostHead) return (null, Failure.Down(Reasons.TooLarge, $"the header of the answer is larger than {MostHead} bytes"));
            if (await FillAsync() == 0) return (null, Failure.Down(Reasons.Truncated, end == start ? "the server closed the connection without an answer" : "the answer ended within its header"));
        }

        var head = ResponseHead.TryParse(buffer.AsSpan(start, size), out var problem);
        start += size;
        return (head, head is null ? Failure.Down(Reasons.ProtocolError, problem) : null);
    }

    private int HeadSize()
    {
        var unread = buffer.AsSpan(start, end - start);
        var crlf = unread.IndexOf("\r\n\r\n"u8);
        return crlf >= 0 ? crlf + 4 : -1;
    }

    // RFC 9112 section 6.3: which of the ways a body ends applies.
    private async ValueTask<Failure?> ReadBodyAsync(ResponseHead head, string method, long mostBody)
    {
        if (method == "HEAD" || head.Status is 204 or 304) return null;
        var lengths = head.All("Content-Length").SelectMany(value => value.Split(',')).Select(value => value.Trim()).Distinct().ToList();
        if (head.First("Transfer-Encoding") is { } coding)
        {
            if (lengths.Count > 0) return Failure.Down(Reasons.ProtocolError, "the answer gives both a length and chunks, which is how requests are smuggled");
            return coding.Trim().Equals("chunked", StringComparison.OrdinalIgnoreCase)
                ? await ReadChunksAsync(mostBody)
                : Failure.Down(Reasons.ProtocolError, $"the transfer coding '{coding}' was not asked for");
        }

        if (lengths.Count == 0) return await ReadToCloseAsync(mostBody);
        if (lengths.Count > 1 || !long.TryParse(lengths[0], NumberStyles.None, CultureInfo.InvariantCulture, out var size)) return Failure.Down(Reasons.ProtocolError, "the answer gives its length in several ways");
        return size > mostBody ? TooLarge(mostBody) : await TakeAsync(size);
    }

    // RFC 9112 section 7.1: chunk-size [ ext ] CRLF data CRLF ... 0 CRLF [ trailers ] CRLF.
    private async ValueTask<Failure?> ReadChunksAsync(long mostBody)
    {
        while (true)
        {
            var (line, failure) = await ReadLineAsync();
            if (line is null) return failure;
            var digits = line.AsSpan(0, line.AsSpan().IndexOf(';') is var semicolon and >= 0 ? semicolon : line.Length).Trim();
            if (digits.Length is 0 or > 15 || !long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size)) return Failure.Down(Reasons.ProtocolError, "a chunk of the body has no size");
            if (size == 0) return await SkipTrailersAsync();
            if (length + size > mostBody) return TooLarge(mostBody);
            if (await TakeAsync(size) is { } cut) return cut;
            (line, failure) = await ReadLineAsync();
            if (line is null) return failure;
            if (line.Length > 0) return Failure.Down(Reasons.ProtocolError, "a chunk of the body is longer than it said");
        }
    }

    private async ValueTask<Failure?> SkipTrailersAsync()
    {
        for (var size = 0; size < MostHead;)
        {
            var (line, failure) = await ReadLineAsync();
            if (line is null) return failure;
            if (line.Length == 0) return null;
            size += line.Length;
        }

        return Failure.Down(Reasons.TooLarge, $"the trailers of the answer are larger than {MostHead} bytes");
    }

    private async ValueTask<(string? Line, Failure? Failure)> ReadLineAsync()
    {
        int at;
        while ((at = buffer.AsSpan(start, end - start).IndexOf("\r\n"u8)) < 0)
        {
            if (end - start > MostChunkLine) return (null, Failure.Down(Reasons.ProtocolError, "a chunk of the body has no size"));
            if (await FillAsync() == 0) return (null, Cut());
        }

        var line = System.Text.Encoding.Latin1.GetString(buffer, start, at);
        start += at + 2;
        return (line, null);
    }

    private async ValueTask<Failure?> TakeAsync(long size)
    {
        while (size > 0)
        {
            if (start == end && await FillAsync() == 0) return Cut();
            size -= Take((int)Math.Min(size, end - start));
        }

        return null;
    }

    private async ValueTask<Failure?> ReadToCloseAsync(long mostBody)
    {
        do
        {
            Take(end - start);
            if (length > mostBody) return TooLarge(mostBody);
        }
        while (await FillAsync() > 0);
        return null;
    }

    private int Take(int count)
    {
        if (kept is not null) kept.Write(buffer.AsSpan(start, count));
        start += count;
        length += count;
        return count;
    }

    private async ValueTask<int> FillAsync()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        var read = await stream.ReadAsync(buffer.AsMemory(end), run.Cancellation);
        firstByteAt ??= run.Elapsed;
        end += read;
        return read;
    }

    private Failure Cut() => Failure.Down(Reasons.Truncated, string.Create(CultureInfo.InvariantCulture, $"the answer ended after {length} bytes of its body, before it was complete"));

    private static Failure TooLarge(long mostBody) => Failure.Down(Reasons.TooLarge, string.Create(CultureInfo.InvariantCulture, $"the body is larger than {mostBody} bytes; raise maxBody if that is right"));
}
