using System.IO.Pipelines;
using Google.Protobuf;

namespace Vedette.Wire;

/// <summary>Writes frames to a byte pipe, each after its length as a varint.</summary>
/// <param name="output">Where they go. One writer at a time.</param>
public sealed class FrameWriter(PipeWriter output)
{
    /// <summary>Frames longer than this are refused by every reader.</summary>
    public const int LongestFrame = 1 << 20;

    /// <summary>Writes one frame and waits until the pipe took it; false when nobody reads any more.</summary>
    public async ValueTask<bool> WriteAsync(IMessage frame, CancellationToken cancellation)
    {
        var length = frame.CalculateSize();
        if (length > LongestFrame) throw new ArgumentException($"A frame of {length} bytes is longer than the {LongestFrame} that a reader takes.", nameof(frame));
        WriteLength((uint)length);
        frame.WriteTo(output);
        var flushed = await output.FlushAsync(cancellation);
        return !flushed.IsCompleted;
    }

    private void WriteLength(uint length)
    {
        var span = output.GetSpan(5);
        var size = 0;
        for (; length >= 0x80; length >>= 7) span[size++] = (byte)(length | 0x80);
        span[size++] = (byte)length;
        output.Advance(size);
    }
}
