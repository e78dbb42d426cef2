using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Vedette.Probes.Datagrams;

namespace Vedette.Probes.Udp;

/// <summary>The answers of one run: the one that was waited for, and how many were not it.</summary>
/// <param name="expect">What it has to hold; empty for anything.</param>
internal sealed class UdpAnswers(byte[] expect)
{
    // Enough to see what spoke; a message shows less than the details.
    private const int MostShown = 256;
    private const int MostQuoted = 32;

    private byte[]? shown;
    private int length;
    private bool isCut;

    /// <summary>How many did not hold it.</summary>
    public int Ignored { get; private set; }

    /// <summary>When the right one came.</summary>
    public TimeSpan? After { get; private set; }

    /// <summary>How many came in vain, in words.</summary>
    public string Count => Ignored == 1 ? "one answer came" : string.Create(CultureInfo.InvariantCulture, $"{Ignored} answers came");

    /// <summary>How the last one began, and whether all of it was looked at.</summary>
    public string Last => $"'{Escapes.Write(shown.AsSpan(0, Math.Min(shown!.Length, MostQuoted)))}'{(isCut ? $" and was looked at only so far as {BoundDatagram.LargestRead} bytes" : "")}";

    public bool Accept(Datagram datagram)
    {
        shown = datagram.Bytes[..Math.Min(datagram.Bytes.Length, MostShown)].ToArray();
        (length, isCut) = (datagram.Bytes.Length, datagram.IsCut);
        var right = datagram.Bytes.IndexOf(expect) >= 0;
        if (right) After = datagram.After;
        else Ignored++;
        return right;
    }

    public void Describe(Observation seen)
    {
        seen.Measure("udp_ignored_count", Ignored);
        if (After is not null) seen.Measure("udp_reply_bytes", length);
        if (shown is not null) seen.Details = ToDetails(shown, length, isCut);
    }

    private static string ToDetails(byte[] bytes, int length, bool isCut)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("reply", Escapes.Write(bytes));
            if (length > bytes.Length) json.WriteNumber("leftOut", length - bytes.Length);
            if (isCut) json.WriteBoolean("truncated", true);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
