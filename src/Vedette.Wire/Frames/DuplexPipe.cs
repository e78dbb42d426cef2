using System.IO.Pipelines;

namespace Vedette.Wire;

/// <summary>One end of a byte pipe that goes both ways.</summary>
public sealed class DuplexPipe : IDuplexPipe
{
    // Larger than the longest frame, or a writer of one would wait for a reader that waits for its end.
    private static readonly PipeOptions Bounded = new(pauseWriterThreshold: 2 * FrameWriter.LongestFrame, resumeWriterThreshold: FrameWriter.LongestFrame, useSynchronizationContext: false);

    private DuplexPipe(PipeReader input, PipeWriter output) => (Input, Output) = (input, output);

    /// <inheritdoc/>
    public PipeReader Input { get; }

    /// <inheritdoc/>
    public PipeWriter Output { get; }

    /// <summary>Two ends within this process.</summary>
    public static (IDuplexPipe Near, IDuplexPipe Far) CreatePair()
    {
        var there = new Pipe(Bounded);
        var back = new Pipe(Bounded);
        return (new DuplexPipe(back.Reader, there.Writer), new DuplexPipe(there.Reader, back.Writer));
    }
}
