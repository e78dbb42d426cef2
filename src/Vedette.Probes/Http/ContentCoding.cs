using System.IO.Compression;

namespace Vedette.Probes.Http;

/// <summary>
/// Undoes what a server did to a body to make it smaller (RFC 9110 section 8.4), so that people's conditions see what people see, and a body that
/// came whole is found out that was packed from half a page.
/// </summary>
internal static class ContentCoding
{
    // Nobody packs so often, and each takes memory and time.
    private const int Most = 5;

    /// <summary>Whether an answer has a coding outermost that is known here.</summary>
    public static bool IsKnown(ResponseHead head) => Split(head).LastOrDefault(coding => coding != "identity") is "gzip" or "x-gzip" or "deflate" or "br";

    /// <summary>The body as it was before: all of it, or as far as codings are known that need not be undone for a rule.</summary>
    /// <param name="response">Whole, its body kept.</param>
    /// <param name="terms">The largest result accepted (a few bytes can unfold into any number), and whether rules will look at it.</param>
    /// <param name="run">Its deadline.</param>
    public static (ReceivedBody Body, Failure? Failure) Undo(Response response, HttpTerms terms, RunContext run)
    {
        var body = response.Body;
        var codings = Split(response.Head);
        if (codings.Count > Most) return (body, Failure.Down(Reasons.ProtocolError, $"the body was packed more than {Most} times over"));
        for (var i = codings.Count - 1; i >= 0 && body.Length > 0; i--)
        {
            if (codings[i] == "identity") continue;
            var input = new PackedBody(body.Kept, members: codings[i] is "gzip" or "x-gzip");
            using var decoder = Decoder(codings[i], input, body.Kept.Span);
            if (decoder is null) return (body, terms.Rules.Any ? NotAskedFor(codings[i]) : null);
            var packed = body;
            body = new ReceivedBody(terms.MostBody, keep: i > 0 || terms.Rules.Any);
            if (Read(decoder, input, codings[i], body, run) is { } failure) return (body, failure);
            packed.Forget();
        }

        return (body, null);
    }

    private static IReadOnlyList<string> Split(ResponseHead head) => head.First("Content-Encoding") is null
        ? []
        : [.. head.All("Content-Encoding").SelectMany(codings => codings.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Select(coding => coding.ToLowerInvariant())];

    private static Stream? Decoder(string coding, PackedBody input, ReadOnlySpan<byte> body) => coding switch
    {
        "gzip" or "x-gzip" => new GZipStream(input, CompressionMode.Decompress),
        "deflate" => HasZlibHeader(body) ? new ZLibStream(input, CompressionMode.Decompress) : new DeflateStream(input, CompressionMode.Decompress),
        "br" => new BrotliStream(input, CompressionMode.Decompress),
        _ => null,
    };

    // RFC 1950 section 2.2. RFC 9110 section 8.4.1.2 knows servers that leave it out; everyone reads what they send.
    private static bool HasZlibHeader(ReadOnlySpan<byte> body) => body.Length < 2 || ((body[0] & 15) == 8 && ((body[0] << 8) | body[1]) % 31 == 0);

    private static Failure? Read(Stream decoder, PackedBody input, string coding, ReceivedBody body, RunContext run)
    {
        var buffer = new byte[8192];
        try
        {
            while (decoder.Read(buffer) is > 0 and var read)
            {
                if (body.Refuse(read) is { } tooLarge) return tooLarge;
                if (run.Cancellation.IsCancellationRequested) return TooSlow(run);
                body.Take(buffer.AsSpan(0, read));
            }
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException or IOException)
        {
            return input.IsUsedUp ? Cut(coding) : Failure.Down(Reasons.ProtocolError, $"the body is not the {coding} that it says it is");
        }

        if (input.IsCut) return Cut(coding);

        // RFC 1952 section 2.2: members follow each other with nothing between or after them. The other formats end by themselves.
        return input.HasMore ? Failure.Down(Reasons.ProtocolError, $"the body goes on after its {coding} has ended") : null;
    }

    private static Failure Cut(string coding) => Failure.Down(Reasons.Truncated, $"the body came whole, but its {coding} ends before it is complete");

    // The body came in time: what took too long then is ours.
    private static Failure TooSlow(RunContext run)
    {
        var cut = Failure.CutShort(run, "unpacking the body");
        return cut.Reason != Reasons.Timeout ? cut : Failure.Unknown(Reasons.AgentLate, $"this agent could not unpack the body before the deadline of {Durations.Format(run.Timeout)}; raise the timeout or lower maxBody");
    }

    private static Failure NotAskedFor(string coding) => Failure.Down(Reasons.ProtocolError, $"the body came in the content coding '{coding}', which was not asked for");
}
