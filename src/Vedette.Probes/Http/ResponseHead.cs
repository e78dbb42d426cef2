using System.Globalization;
using System.Text;

namespace Vedette.Probes.Http;

/// <summary>Status and header fields of an answer.</summary>
internal sealed class ResponseHead
{
    private const int FrameHeaderSize = 9;

    // Servers and proxies take some hundred at most; each costs a hundred times the four bytes that it can be sent in.
    private const int MostFields = 1000;

    private readonly List<HeaderField> fields = [];

    private ResponseHead(double version, int status) => (Version, Status) = (version, status);

    private static ReadOnlySpan<byte> Version1 => "HTTP/1."u8;

    /// <summary>The length of the body is given several times, each time another, or not as a number.</summary>
    public static Failure LengthUnclear => Failure.Down(Reasons.ProtocolError, "the answer gives its length in several ways");

    private static Failure NoStatusLine => Failure.Down(Reasons.ProtocolError, "the answer does not begin with an HTTP/1 status line");

    private static Failure TooManyFields => Failure.Down(Reasons.ProtocolError, $"the answer has more than {MostFields} header fields");

    /// <summary>1.0, 1.1 or 2.</summary>
    public double Version { get; }

    /// <summary>Three digits.</summary>
    public int Status { get; }

    /// <summary>All values of a field, name compared without case.</summary>
    public IEnumerable<string> All(string name)
    {
        foreach (var field in fields)
            if (field.Is(name)) yield return field.Value;
    }

    /// <summary>The first value of a field, or null.</summary>
    public string? First(string name)
    {
        foreach (var field in fields)
            if (field.Is(name)) return field.Value;
        return null;
    }

    /// <summary>The stated length of the body, null without one; false when that is unclear (RFC 9110 section 8.6).</summary>
    public bool TryGetLength(out long? length)
    {
        length = null;
        if (First("Content-Length") is null) return true;
        var stated = All("Content-Length").SelectMany(value => value.Split(',')).Select(value => value.Trim()).Distinct().ToList();
        if (stated.Count == 1 && long.TryParse(stated[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) length = number;
        return length is not null;
    }

    /// <summary>Whether an answer to such a request ends with its header whatever length it states (RFC 9110 section 6.4.1).</summary>
    public bool HasNoBody(string method) => method == "HEAD" || Status is 204 or 304;

    /// <summary>The head of an answer that the framework read, or why it is not taken.</summary>
    public static (ResponseHead? Head, Failure? Failure) From(HttpResponseMessage answer)
    {
        var head = new ResponseHead(answer.Version.Major, (int)answer.StatusCode);
        foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
            foreach (var value in values)
                if (head.Add(name, value) is { } failure) return (null, failure);
        return (head, null);
    }

    /// <summary>Why an answer that begins like this is no HTTP/1, or null. It may be cut anywhere; waiting for its end would tell nothing more.</summary>
    public static Failure? RefuseStart(ReadOnlySpan<byte> bytes)
    {
        // RFC 9113 section 3.4: a server's first frame is SETTINGS, of type 4 on stream 0; its length begins with a zero byte.
        if (bytes is [0, _, _, 4, _, 0, 0, 0, 0, ..]) return Failure.Down(Reasons.ProtocolError, "the server speaks only HTTP/2 here; use httpVersion=2");
        var begun = Math.Min(bytes.Length, Version1.Length);
        return bytes[..begun].SequenceEqual(Version1[..begun]) || IsPartOfFrame(bytes) ? null : NoStatusLine;
    }

    /// <summary>Reads everything up to and including the empty line, or why it is no header of HTTP/1 that is taken (RFC 9112 sections 4 and 5).</summary>
    public static (ResponseHead? Head, Failure? Failure) Read(ReadOnlySpan<byte> bytes)
    {
        ResponseHead? head = null;
        foreach (var line in bytes.Split((byte)'\n'))
        {
            var text = Encoding.Latin1.GetString(bytes[line].TrimEnd((byte)'\r'));
            if (head is not null && text.Length == 0) break;
            var failure = head is null ? ReadStatus(text, out head) : head.Add(text);
            if (failure is not null) return (null, failure);
        }

        return (head, null);
    }

    private static bool IsPartOfFrame(ReadOnlySpan<byte> bytes) => bytes.Length < FrameHeaderSize && bytes[0] == 0;

    // RFC 9112 section 4: HTTP-version SP status-code SP [ reason-phrase ]; the last blank is often left out.
    private static Failure? ReadStatus(string line, out ResponseHead? head)
    {
        head = null;
        var version = line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? 1.1 : line.StartsWith("HTTP/1.0 ", StringComparison.Ordinal) ? 1.0 : 0;
        if (version == 0 || line.Length < 12 || (line.Length > 12 && line[12] != ' ')) return NoStatusLine;
        if (!int.TryParse(line.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status < 100) return NoStatusLine;
        head = new(version, status);
        return null;
    }

    // RFC 9112 section 5.1 and 5.2: no blank before the colon, no folded lines; both are ways to smuggle.
    private Failure? Add(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || line[0] is ' ' or '\t' || line[colon - 1] is ' ' or '\t' || line.Contains('\0')) return Failure.Down(Reasons.ProtocolError, "the answer has a header field that is none");
        return Add(line[..colon], line[(colon + 1)..].Trim(' ', '\t'));
    }

    private Failure? Add(string name, string value)
    {
        if (fields.Count == MostFields) return TooManyFields;
        fields.Add(new(name, value));
        return null;
    }
}
