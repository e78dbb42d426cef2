using System.Text;
using static Vedette.Probes.Tests.Http.Http2Peer;

namespace Vedette.Probes.Tests.Http;

/// <summary>What servers of HTTP/2 answer, as it is and as it should never be.</summary>
public static class Http2Answers
{
    /// <summary>REFUSED_STREAM (RFC 9113 section 7).</summary>
    internal const int RefusedStream = 7;

    private const int InternalError = 2;
    private const int Calm = 11;
    private const int Http11Required = 13;

    /// <summary>A header that states a body of ten bytes.</summary>
    internal static byte[] Stated10 => Frame(Headers, EndHeaders, 1, [0x88, .. Field("content-length", "10")]);

    /// <summary>What breaks its word, and the reason it gives.</summary>
    public static TheoryData<string, byte[][], string> Bad => new()
    {
        { "says nothing", [], Reasons.Truncated },
        { "closes after its settings", [Hello], Reasons.Truncated },
        { "speaks the old version", [Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")], Reasons.ProtocolError },
        { "begins without settings", [Ok, Text(EndStream, "hello")], Reasons.ProtocolError },
        { "resets before the answer", [Hello, Frame(ResetStream, 0, 1, Number(InternalError))], Reasons.Reset },
        { "resets within the body", [Hello, Ok, Text(0, "hello"), Frame(ResetStream, 0, 1, Number(InternalError))], Reasons.Reset },
        { "resets without an error within the body", [Hello, Ok, Text(0, "hello"), Frame(ResetStream, 0, 1, Number(0))], Reasons.Truncated },
        { "wants the old version", [Hello, Frame(ResetStream, 0, 1, Number(Http11Required))], Reasons.ProtocolError },
        { "resets for no known reason", [Hello, Frame(ResetStream, 0, 1, Number(-1))], Reasons.Reset },
        { "leaves before the request", [Hello, Frame(GoAway, 0, 0, [.. Number(0), .. Number(0)])], Reasons.Reset },
        { "leaves at once", [Frame(GoAway, 0, 0, [.. Number(0), .. Number(Calm)])], Reasons.Reset },
        { "leaves within the body", [Hello, Ok, Text(0, "hello"), Frame(GoAway, 0, 0, [.. Number(1), .. Number(InternalError)])], Reasons.Reset },
        { "leaves in order but closes", [Hello, Ok, Text(0, "hello"), Frame(GoAway, 0, 0, [.. Number(1), .. Number(0)])], Reasons.Truncated },
        { "closes within the body", [Hello, Ok, Text(0, "hello")], Reasons.Truncated },
        { "sends less than it said", [Hello, Stated10, Text(EndStream, "hello")], Reasons.Truncated },
        { "sends more than it said", [Hello, Stated10, Text(EndStream, "hello world")], Reasons.ProtocolError },
        { "states two lengths", [Hello, Frame(Headers, EndHeaders, 1, [0x88, .. Field("content-length", "5"), .. Field("content-length", "6")]), Text(EndStream, "hello")], Reasons.ProtocolError },
        { "sends a field before the status", [Hello, Frame(Headers, EndHeaders | EndStream, 1, [.. Field("a", "b"), 0x88])], Reasons.ProtocolError },
        { "packs its header wrongly", [Hello, Frame(Headers, EndHeaders | EndStream, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF)], Reasons.ProtocolError },
        { "sends a body before the header", [Hello, Text(EndStream, "hello")], Reasons.ProtocolError },
        { "sends a frame over the limit", [Hello, Ok, Frame(Data, EndStream, 1, new byte[20_000])], Reasons.ProtocolError },
        { "pads more than there is", [Hello, Ok, Frame(Data, EndStream | Padded, 1, 200, 1)], Reasons.ProtocolError },
        { "answers another stream", [Hello, Frame(Headers, EndHeaders | EndStream, 3, 0x88)], Reasons.ProtocolError },
        { "promises what was not asked for", [Hello, Frame(5, EndHeaders, 1, [.. Number(2), 0x88])], Reasons.ProtocolError },
        { "switches protocols", [Hello, Frame(Headers, EndHeaders, 1, Field(":status", "101"))], Reasons.Truncated },
        { "sends a header field over the limit", [Hello, Frame(Headers, 0, 1, [0x88, 0, 1, (byte)'a', 0x7F, 0xF1, 0xA2, 0x04]), .. Enumerable.Repeat(Frame(Continuation, 0, 1, new byte[16_000]), 5)], Reasons.ProtocolError },
        { "sends a frame of an extension, which the framework does not skip", [Hello, Frame(0x0C, 0, 0, new byte[40]), Ok, Text(EndStream, "hello")], Reasons.ProtocolError },
        { "interrupts its header", [Hello, Frame(Headers, 0, 1, 0x88), Frame(Ping, 0, 0, new byte[8])], Reasons.ProtocolError },
    };

    /// <summary>What the protocol allows.</summary>
    public static TheoryData<string, byte[][]> Good => new()
    {
        { "plain", [Hello, Ok, Text(0, "hel"), Text(EndStream, "lo")] },
        { "an empty last frame", [Hello, Ok, Text(0, "hello"), Text(EndStream, "")] },
        { "interim answers", [Hello, Frame(Headers, EndHeaders, 1, Field(":status", "103")), Frame(Headers, EndHeaders, 1, Field(":status", "103")), Ok, Text(EndStream, "hello")] },
        { "a header in pieces", [Hello, Frame(Headers, 0, 1, 0x88), Frame(Continuation, 0, 1, Field("a", "b")), Frame(Continuation, EndHeaders, 1, Field("c", "d")), Text(EndStream, "hello")] },
        { "padding", [Hello, Ok, Frame(Data, EndStream | Padded, 1, [3, .. "hello"u8, 0, 0, 0])] },
        { "trailers", [Hello, Ok, Text(0, "hello"), Frame(Headers, EndHeaders | EndStream, 1, Field("a", "b"))] },
        { "other business", [Hello, Frame(Ping, 0, 0, new byte[8]), Frame(WindowUpdate, 0, 0, Number(1)), Ok, Frame(Settings, 0, 0), Text(EndStream, "hello")] },
        { "an orderly leave", [Hello, Frame(GoAway, 0, 0, [.. Number(int.MaxValue), .. Number(0)]), Ok, Text(0, "hel"), Frame(GoAway, 0, 0, [.. Number(1), .. Number(0)]), Text(EndStream, "lo")] },
        { "a reset after all was said", [Hello, Ok, Text(EndStream, "hello"), Frame(ResetStream, 0, 1, Number(0)), Frame(GoAway, 0, 0, [.. Number(0), .. Number(Calm)])] },
    };

    /// <summary>A beginning, and what is repeated after it for ever within all bounds.</summary>
    public static TheoryData<string, byte[], byte[]> Idle => new()
    {
        { "empty body", Join(Hello, Ok), Frame(Data, 0, 1) },
        { "header in empty pieces", Join(Hello, Frame(Headers, 0, 1, 0x88)), Frame(Continuation, 0, 1) },
    };

    /// <summary>A beginning, what is repeated after it until a bound is met, and the reason that gives.</summary>
    public static TheoryData<string, byte[], byte[], string> Endless => new()
    {
        { "header fields", Join(Hello, Frame(Headers, 0, 1, 0x88)), Frame(Continuation, 0, 1, Field("x-noise", new string('a', 100))), Reasons.TooLarge },
        { "repeated header fields", Join(Hello, Frame(Headers, 0, 1, [0x88, 0x40, 1, (byte)'x', 100, .. new byte[100].Select(_ => (byte)'a')])), Frame(Continuation, 0, 1, [.. new byte[16_000].Select(_ => (byte)0xBE)]), Reasons.TooLarge },
        { "interim answers", Hello, Frame(Headers, EndHeaders, 1, Field(":status", "103")), Reasons.TooLarge },
        { "pings", Hello, Frame(Ping, 0, 0, new byte[8]), Reasons.ProtocolError },
        { "settings", Hello, Frame(Settings, 0, 0), Reasons.ProtocolError },
    };
}
