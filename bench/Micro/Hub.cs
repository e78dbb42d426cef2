using System.Buffers;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Vedette;
using Vedette.Hub.Checks;
using Vedette.Metrics;

namespace Micro;

/// <summary>What the hub does with a result once it is stored: judge it, and tell it as JSON and as metrics.</summary>
public class Hub
{
    private const int Samples = 1000;

    private readonly Result[] results = [.. Runs.OfCheck(1, 128)];
    private readonly ArrayBufferWriter<byte> output = new(1 << 20);
    private CheckRecord record = new(1, new Check { Id = "c1", Kind = "icmp", Target = "127.0.0.1", Interval = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(1) }, Lifecycle.Active, Runs.Start, Runs.Start);
    private int next;

    [Benchmark]
    public object Judge() => record = record.With(results[next++ % results.Length]);

    [Benchmark]
    public int ResultJson()
    {
        output.ResetWrittenCount();
        using var json = new Utf8JsonWriter(output);
        JsonSerializer.Serialize(json, results[0], ApiJson.Readable.Result);
        json.Flush();
        return output.WrittenCount;
    }

    [Benchmark(OperationsPerInvoke = Samples)]
    public int MetricsSample()
    {
        output.ResetWrittenCount();
        var writer = new MetricsWriter(output, openMetrics: false);
        writer.Family("probe_duration_seconds", MetricType.Gauge, "How long the latest run took.", "seconds");
        for (var i = 0; i < Samples; i++) writer.Sample(results[i % results.Length].DurationSeconds, ("check", "c1"), ("agent", "local"), ("kind", "icmp"), ("target", "127.0.0.1"));
        writer.End();
        return output.WrittenCount;
    }
}
