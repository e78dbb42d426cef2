namespace Vedette.Probes.Http;

/// <summary>An answer: whole, or as much as came of it.</summary>
/// <param name="Head">Status and fields.</param>
/// <param name="Body">The body.</param>
/// <param name="FirstByteAt">Time into the run at which the answer began.</param>
internal sealed record Response(ResponseHead Head, ReceivedBody Body, TimeSpan FirstByteAt)
{
    /// <summary>The largest header accepted, in bytes.</summary>
    public const int MostHead = 64 * 1024;

    /// <summary>How many 1xx answers may come first (RFC 9110 section 15.2 allows any number; a bounded one is believed).</summary>
    public const int MostInterim = 20;

    /// <summary>Too many of them.</summary>
    public static Failure TooManyInterim => Failure.Down(Reasons.ProtocolError, $"the server sent more than {MostInterim} interim answers");

    /// <summary>A header over <see cref="MostHead"/>.</summary>
    public static Failure HeadTooLarge => Failure.Down(Reasons.TooLarge, $"the header of the answer is larger than {MostHead} bytes");
}
