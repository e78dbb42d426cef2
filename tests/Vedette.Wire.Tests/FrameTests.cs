using System.IO.Pipelines;
using Google.Protobuf;

namespace Vedette.Wire.Tests;

public sealed class FrameTests
{
    private static readonly AgentFrame Batch = new() { Batch = BatchEncoder.Encode(1, [BatchTests.Sample(1, Status.Up)]) };

    [Fact]
    public async Task A_frame_arrives_whole_however_it_was_cut()
    {
        var bytes = await BytesAsync(Batch, new AgentFrame { Heartbeat = new() { Seq = 5 } });
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var pipe = new Pipe();
            var reader = new FrameReader<AgentFrame>(pipe.Reader, AgentFrame.Parser);
            await pipe.Writer.WriteAsync(bytes.AsMemory(0, cut));
            var first = reader.ReadAsync(CancellationToken.None);
            await pipe.Writer.WriteAsync(bytes.AsMemory(cut));
            await pipe.Writer.CompleteAsync();
            (await first).Frame.ShouldBe(Batch);
            (await reader.ReadAsync(CancellationToken.None)).Frame!.Heartbeat.Seq.ShouldBe(5UL);
            (await reader.ReadAsync(CancellationToken.None)).ShouldBe((null, null));
        }
    }

    [Fact]
    public async Task A_stream_that_ends_inside_a_frame_says_so()
    {
        var bytes = await BytesAsync(Batch);
        for (var cut = 1; cut < bytes.Length; cut++)
        {
            var (frame, problem) = await ReadAsync(bytes[..cut]);
            frame.ShouldBeNull();
            problem.ShouldNotBeNull();
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x81, 0x80, 0x40 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })]
    public async Task A_frame_beyond_the_bound_is_refused_before_it_is_read(byte[] length) => (await ReadAsync(length)).Problem!.ShouldContain("longer");

    [Fact]
    public async Task Bytes_that_are_no_frame_are_a_problem_and_no_exception() => (await ReadAsync([3, 0x0A, 0xFF, 0xFF])).Problem.ShouldNotBeNull();

    [Fact]
    public async Task What_is_written_at_one_end_is_read_at_the_other()
    {
        var (near, far) = DuplexPipe.CreatePair();
        (await new FrameWriter(near.Output).WriteAsync(Batch, CancellationToken.None)).ShouldBeTrue();
        (await new FrameReader<AgentFrame>(far.Input, AgentFrame.Parser).ReadAsync(CancellationToken.None)).Frame.ShouldBe(Batch);
        await far.Input.CompleteAsync();
        (await new FrameWriter(near.Output).WriteAsync(Batch, CancellationToken.None)).ShouldBeFalse();
    }

    private static async Task<byte[]> BytesAsync(params IMessage[] frames)
    {
        var pipe = new Pipe();
        foreach (var frame in frames) await new FrameWriter(pipe.Writer).WriteAsync(frame, CancellationToken.None);
        await pipe.Writer.CompleteAsync();
        using var bytes = new MemoryStream();
        await pipe.Reader.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    private static async Task<(AgentFrame? Frame, string? Problem)> ReadAsync(byte[] bytes)
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(bytes);
        await pipe.Writer.CompleteAsync();
        return await new FrameReader<AgentFrame>(pipe.Reader, AgentFrame.Parser).ReadAsync(CancellationToken.None);
    }
}
