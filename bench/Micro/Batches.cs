using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using Vedette;
using Vedette.Wire;

namespace Micro;

/// <summary>A result on its way from agent to hub, in batches of 200.</summary>
public class Batches
{
    private const int Size = 200;

    private readonly List<Result> results = Runs.OfChecks(Size);
    private byte[] bytes = [];

    [GlobalSetup]
    public void Encode() => bytes = BatchEncoder.Encode(1, results).ToByteArray();

    [Benchmark(OperationsPerInvoke = Size)]
    public byte[] EncodeResult() => BatchEncoder.Encode(1, results).ToByteArray();

    [Benchmark(OperationsPerInvoke = Size)]
    public int DecodeResult()
    {
        var batch = ResultBatch.Parser.ParseFrom(bytes);
        if (BatchDecoder.Refuse(batch) is { } refusal) throw new InvalidOperationException(refusal);
        return BatchDecoder.Decode(batch, "local", "9f", static _ => "c1").Count;
    }
}
