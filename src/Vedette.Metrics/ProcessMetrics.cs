using System.Buffers.Text;
using System.Diagnostics;
using System.IO.Enumeration;

namespace Vedette.Metrics;

/// <summary>
/// What the kernel says of this process, under the names every Prometheus client uses. What the runtime says of itself
/// (<c>dotnet_*</c>) comes from its own meter, <c>System.Runtime</c>: see <see cref="MeterReading"/>.
/// </summary>
public static class ProcessMetrics
{
    // Once: it is worked out from the time since boot, moves when the clock is set, and the start must not.
    private static readonly double StartTime = ReadStartTime();

    /// <summary>Writes them. What <c>/proc</c> does not tell is left out.</summary>
    public static void WriteTo(MetricsWriter writer)
    {
        writer.Family("process_cpu_seconds_total", MetricType.Counter, "User and system CPU time spent.", "seconds");
        writer.Sample(Environment.CpuUsage.TotalTime.TotalSeconds);
        Gauge(writer, "process_start_time_seconds", "When the process started, in seconds since 1970.", StartTime, "seconds");

        var status = Read("/proc/self/status");
        Gauge(writer, "process_virtual_memory_bytes", "Virtual memory.", Number(status, "\nVmSize:"u8) * 1024, "bytes");
        Gauge(writer, "process_resident_memory_bytes", "Resident memory.", Number(status, "\nVmRSS:"u8) * 1024, "bytes");
        Gauge(writer, "process_threads", "Threads.", Number(status, "\nThreads:"u8));

        var limits = Read("/proc/self/limits");
        Gauge(writer, "process_virtual_memory_max_bytes", "Virtual memory that may be used.", Number(limits, "\nMax address space"u8), "bytes");
        Gauge(writer, "process_max_fds", "File descriptors that may be open.", Number(limits, "\nMax open files"u8));
        Gauge(writer, "process_open_fds", "Open file descriptors.", OpenDescriptors());
    }

    /// <summary>The number that follows a name in such a file, the first of several; null when there is none (proc_pid_status(5), proc_pid_limits(5)).</summary>
    internal static double? Number(ReadOnlySpan<byte> file, ReadOnlySpan<byte> name)
    {
        var at = file.IndexOf(name);
        if (at < 0) return null;
        var value = file[(at + name.Length)..].TrimStart(" \t"u8);
        if (value.StartsWith("unlimited"u8)) return double.PositiveInfinity;
        return Utf8Parser.TryParse(value, out long number, out _) ? number : null;
    }

    private static void Gauge(MetricsWriter writer, string name, string help, double? value, string unit = "")
    {
        if (value is not { } known) return;
        writer.Family(name, MetricType.Gauge, help, unit);
        writer.Sample(known);
    }

    private static double ReadStartTime()
    {
        using var self = Process.GetCurrentProcess();
        return (self.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds;
    }

    private static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static double? OpenDescriptors()
    {
        try
        {
            // Counting asks for no name. The directory itself is open meanwhile.
            return new FileSystemEnumerable<bool>("/proc/self/fd", static (ref _) => true).Count() - 1;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
