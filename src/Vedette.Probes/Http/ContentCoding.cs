using System.IO.Compression;

namespace Vedette.Probes.Http;

/// <summary>Undoes what a server did to a body to make it smaller (RFC 9110 section 8.4), so that people's conditions see what people see.</summary>
internal static class ContentCoding
{
    /// <summary>The body as it was before.</summary>
    /// <param name="body">As it was received.</param>
    /// <param name="codings">The field <c>Content-Encoding</c>, if any: what was done, in its order.</param>
    /// <param name="most">The largest result accepted, in bytes; a few bytes can unfold into any number.</param>
    public static (ReadOnlyMemory<byte> Body, Failure? Failure) Undo(ReadOnlyMemory<byte> body, string? codings, long most)
    {
        foreach (var coding in (codings ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Reverse())
        {
            using var input = new MemoryStream(body.ToArray());
            using var decoder = Decoder(coding.ToLowerInvariant(), input);
            if (decoder is null) return (default, Failure.Down(Reasons.ProtocolError, $"the body came in the content coding '{coding}', which was not asked for"));
            var (decoded, failure) = Read(decoder, coding, most);
            if (failure is not null) return (default, failure);
            body = decoded;
        }

        return (body, null);
    }

    private static Stream? Decoder(string coding, Stream input) => coding switch
    {
        "identity" => input,
        "gzip" or "x-gzip" => new GZipStream(input, CompressionMode.Decompress),
        "deflate" => new ZLibStream(input, CompressionMode.Decompress),
        "br" => new BrotliStream(input, CompressionMode.Decompress),
        _ => null,
    };

    private static (ReadOnlyMemory<byte> Decoded, Failure? Failure) Read(Stream decoder, string coding, long most)
    {
        var body = new ReceivedBody(most, keep: true);
        var buffer = new byte[8192];
        try
        {
            while (decoder.Read(buffer) is > 0 and var read)
            {
                if (body.Refuse(read) is { } tooLarge) return (default, tooLarge);
                body.Take(buffer.AsSpan(0, read));
            }

            return (body.Kept, null);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException or IOException)
        {
            return (default, Failure.Down(Reasons.ProtocolError, $"the body is not the {coding} that it says it is"));
        }
    }
}
