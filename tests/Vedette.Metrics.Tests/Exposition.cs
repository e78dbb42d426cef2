using System.Buffers;
using System.Text;

namespace Vedette.Metrics.Tests;

internal static class Exposition
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>What a writer makes of it, to its end; throws when that is not UTF-8.</summary>
    public static string Of(Action<MetricsWriter> write, bool openMetrics = false)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MetricsWriter(output, openMetrics);
        write(writer);
        writer.End();
        return Strict.GetString(output.WrittenSpan);
    }
}
