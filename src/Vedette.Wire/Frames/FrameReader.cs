using System.Buffers;
using System.IO.Pipelines;
using Google.Protobuf;

namespace Vedette.Wire;

/// <summary>Reads frames from a byte pipe. What the other side does wrong is a problem in words, never an exception.</summary>
/// <param name="input">Where they come from.</param>
/// <param name="parser">Of the frames expected.</param>
public sealed class FrameReader<T>(PipeReader input, MessageParser<T> parser)
    where T : class, IMessage<T>
{
    private const int LongestLength = 3;

    /// <summary>The next frame; without a frame the stream ended, cleanly when there is no problem either.</summary>
    public async ValueTask<(T? Frame, string? Problem)> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellation);
            var (frame, problem, consumed) = Take(read.Buffer);
            input.AdvanceTo(consumed, frame is null ? read.Buffer.End : consumed);
            if (frame is not null || problem is not null) return (frame, problem);
            if (read.IsCompleted) return (null, read.Buffer.IsEmpty ? null : "the stream ended inside a frame");
        }
    }

    private (T? Frame, string? Problem, SequencePosition Consumed) Take(ReadOnlySequence<byte> buffer)
    {
        var reader = new SequenceReader<byte>(buffer);
        if (!TryReadLength(ref reader, out var length, out var problem) || reader.Remaining < length) return (null, problem, buffer.Start);
        var body = buffer.Slice(reader.Position, length);
        try
        {
            return (parser.ParseFrom(body), null, body.End);
        }
        catch (InvalidProtocolBufferException e)
        {
            return (null, $"a frame could not be read: {e.Message}", body.End);
        }
    }

    private static bool TryReadLength(ref SequenceReader<byte> reader, out int length, out string? problem)
    {
        (length, problem) = (0, null);
        for (var index = 0; index < LongestLength; index++)
        {
            if (!reader.TryRead(out var next)) return false;
            length |= (next & 0x7F) << (7 * index);
            if (next < 0x80)
            {
                if (length <= FrameWriter.LongestFrame) return true;
                break;
            }
        }

        problem = $"a frame is longer than {FrameWriter.LongestFrame} bytes";
        return false;
    }
}
