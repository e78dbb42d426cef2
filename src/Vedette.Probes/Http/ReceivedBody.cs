using System.Globalization;

namespace Vedette.Probes.Http;

/// <summary>The body of an answer as it arrives: counted, bounded, and kept only if it will be looked at.</summary>
/// <param name="most">The largest accepted, in bytes.</param>
/// <param name="keep">Whether it is wanted.</param>
internal sealed class ReceivedBody(long most, bool keep)
{
    private byte[]? kept = keep ? [] : null;

    /// <summary>Bytes so far, without framing.</summary>
    public long Length { get; private set; }

    /// <summary>What was kept of it.</summary>
    public ReadOnlyMemory<byte> Kept => kept.AsMemory(0, kept is null ? 0 : (int)Length);

    /// <summary>It is wanted after all. Before any of it was taken.</summary>
    public void Keep() => kept ??= [];

    /// <summary>It is wanted no more.</summary>
    public void Forget() => kept = null;

    /// <summary>Why so many bytes more are not taken, or null.</summary>
    public Failure? Refuse(long more) => Length + more > most
        ? Failure.Down(Reasons.TooLarge, string.Create(CultureInfo.InvariantCulture, $"the body is larger than {most} bytes; raise maxBody if that is right"))
        : null;

    /// <summary>Takes the next bytes.</summary>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        var length = checked((int)(Length + bytes.Length));
        if (kept is not null)
        {
            // Twice the room each time, but no more than it can need.
            if (kept.Length < length) Array.Resize(ref kept, (int)Math.Max(length, Math.Min(2L * kept.Length, most)));
            bytes.CopyTo(kept.AsSpan((int)Length));
        }

        Length = length;
    }

    /// <summary>It ended here, and should not have.</summary>
    public Failure Cut() => Failure.Down(Reasons.Truncated, string.Create(CultureInfo.InvariantCulture, $"the answer ended after {Length} bytes of its body, before it was complete"));
}
