using System.Buffers;

namespace Vedette.Probes.Tcp;

/// <summary>Says something and waits for an answer. With nothing to say it only listens, as server-first protocols want it.</summary>
/// <param name="send">Sent at once; empty for nothing.</param>
/// <param name="expect">Must appear in what comes back; empty for anything.</param>
internal sealed class TcpDialogue(byte[] send, byte[] expect)
{
    /// <summary>An answer is looked for in so many bytes; a peer that talks on without it has not given it.</summary>
    public const int MostRead = 64 * 1024;

    // Thousands may wait for their answers at once, and few answers need more.
    private const int FirstRoom = 2048;

    /// <summary>Holds the dialogue; null when it went as expected.</summary>
    public async ValueTask<Failure?> HoldAsync(Stream stream, RunContext run)
    {
        try
        {
            if (send.Length > 0) await stream.WriteAsync(send, run.Cancellation);
            return expect.Length > 0 ? await ListenAsync(stream, run.Cancellation) : null;
        }
        catch (OperationCanceledException)
        {
            return Failure.CutShort(run, "waiting for the expected answer");
        }
        catch (IOException e)
        {
            return SocketFailures.From(e, "waiting for the expected answer");
        }
    }

    private async ValueTask<Failure?> ListenAsync(Stream stream, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstRoom);
        try
        {
            var filled = 0;
            while (filled < MostRead)
            {
                if (filled == buffer.Length) buffer = Grown(buffer);
                var read = await stream.ReadAsync(buffer.AsMemory(filled), cancellation);
                if (read == 0) return Failure.Down(Reasons.ExpectMismatch, $"the peer closed after {filled} bytes without the expected answer");

                // The answer may straddle two reads, so the search steps back by all but one of its bytes.
                var from = Math.Max(0, filled - expect.Length + 1);
                filled += read;
                if (buffer.AsSpan(from, filled - from).IndexOf(expect) >= 0) return null;
            }

            return Failure.Down(Reasons.ExpectMismatch, $"the expected answer was not in the first {MostRead} bytes");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Grown(byte[] full)
    {
        var larger = ArrayPool<byte>.Shared.Rent(2 * full.Length);
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }
}
