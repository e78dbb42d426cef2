using System.Buffers;
using System.Globalization;

namespace Vedette.Probes.Http;

/// <summary>The body of an answer as it arrives: counted, bounded, and kept only if it will be looked at.</summary>
/// <param name="most">The largest accepted, in bytes.</param>
/// <param name="keep">Whether it is wanted.</param>
internal sealed class ReceivedBody(long most, bool keep)
{
    private ArrayBufferWriter<byte>? kept = keep ? new() : null;

    /// <summary>Bytes so far, without framing.</summary>
    public long Length { get; private set; }

    /// <summary>What was kept of it.</summary>
    public ReadOnlyMemory<byte> Kept => kept?.WrittenMemory ?? default;

    /// <summary>It is wanted after all. Before any of it was taken.</summary>
    public void Keep() => kept ??= new();

    /// <summary>Why so many bytes more are not taken, or null.</summary>
    public Failure? Refuse(long more) => Length + more > most
        ? Failure.Down(Reasons.TooLarge, string.Create(CultureInfo.InvariantCulture, $"the body is larger than {most} bytes; raise maxBody if that is right"))
        : null;

    /// <summary>Takes the next bytes.</summary>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        kept?.Write(bytes);
        Length += bytes.Length;
    }

    /// <summary>It ended here, and should not have.</summary>
    public Failure Cut() => Failure.Down(Reasons.Truncated, string.Create(CultureInfo.InvariantCulture, $"the answer ended after {Length} bytes of its body, before it was complete"));
}
