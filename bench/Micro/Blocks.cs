using BenchmarkDotNet.Attributes;
using Vedette;
using Vedette.History;

namespace Micro;

/// <summary>A result of a block of history of 1,024.</summary>
public class Blocks
{
    private const int Size = 1024;
    private const long Key = 7;

    private static readonly Dictionary<string, long> NothingShared = [];

    private readonly List<Result> results = Runs.OfCheck(Key, Size);
    private byte[] block = [];

    [GlobalSetup]
    public void Write() => block = WriteResult();

    [Benchmark(OperationsPerInvoke = Size)]
    public byte[] WriteResult() => new BlockWriter(results).Write(Key, NothingShared);

    [Benchmark(OperationsPerInvoke = Size)]
    public int ReadResult() => BlockReader.Read(block, Key, "c7", 0, long.MaxValue, int.MaxValue, static _ => null).Count;
}
