using System.Buffers.Text;
using System.Globalization;
using System.IO.Enumeration;

namespace Vedette.Metrics;

/// <summary>
/// What the kernel and the runtime say of this process, under the names every Prometheus client uses, and <c>dotnet_*</c> under the names
/// that the runtime's own meter <c>System.Runtime</c> has: show this or that meter, not both.
/// </summary>
public static class ProcessMetrics
{
    // What the kernel counts in for user space (USER_HZ) on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    private static readonly string[] Generations = ["gen0", "gen1", "gen2", "loh", "poh"];

    // Once: the boot time that the kernel tells moves whenever the clock is set, and the start must not.
    private static readonly double? StartTime = ReadStartTime();

    /// <summary>Writes them. What <c>/proc</c> does not tell is left out.</summary>
    public static void WriteTo(MetricsWriter writer)
    {
        WriteProcess(writer);
        WriteCollector(writer);
        WriteThreadPool(writer);
    }

    private static void WriteProcess(MetricsWriter writer)
    {
        Counter(writer, "process_cpu_seconds_total", "User and system CPU time spent.", Environment.CpuUsage.TotalTime.TotalSeconds, "seconds");
        Gauge(writer, "process_start_time_seconds", "When the process started, in seconds since 1970.", StartTime, "seconds");
        if (ProcessStatus.Read() is { } status)
        {
            Gauge(writer, "process_virtual_memory_bytes", "Virtual memory.", status.VirtualBytes, "bytes");
            Gauge(writer, "process_resident_memory_bytes", "Resident memory.", status.ResidentBytes, "bytes");
            Gauge(writer, "process_threads", "Threads.", status.Threads);
        }

        Gauge(writer, "process_open_fds", "Open file descriptors.", OpenDescriptors());
        Gauge(writer, "process_max_fds", "File descriptors that may be open.", MostDescriptors());
    }

    private static void WriteCollector(MetricsWriter writer)
    {
        writer.Family("dotnet_gc_collections_total", MetricType.Counter, "Garbage collections by the oldest generation collected.");
        // The runtime counts a collection of an old generation as one of the younger ones too.
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
            writer.Sample(GC.CollectionCount(generation) - (generation < GC.MaxGeneration ? GC.CollectionCount(generation + 1) : 0), ("gc_heap_generation", Generations[generation]));

        Counter(writer, "dotnet_gc_pause_time_seconds_total", "Time the program stood still for collections.", GC.GetTotalPauseDuration().TotalSeconds, "seconds");
        Counter(writer, "dotnet_gc_heap_total_allocated_bytes_total", "Bytes allocated on the managed heap.", GC.GetTotalAllocatedBytes(), "bytes");

        var last = GC.GetGCMemoryInfo();
        Gauge(writer, "dotnet_gc_last_collection_memory_committed_size_bytes", "Memory the collector held after the last collection.", last.TotalCommittedBytes, "bytes");
        writer.Family("dotnet_gc_last_collection_heap_size_bytes", MetricType.Gauge, "Managed heap after the last collection, by generation.", "bytes");
        for (var i = 0; i < Generations.Length && i < last.GenerationInfo.Length; i++)
            writer.Sample(last.GenerationInfo[i].SizeAfterBytes, ("gc_heap_generation", Generations[i]));
    }

    private static void WriteThreadPool(MetricsWriter writer)
    {
        Gauge(writer, "dotnet_thread_pool_thread_count", "Threads of the thread pool.", ThreadPool.ThreadCount);
        Gauge(writer, "dotnet_thread_pool_queue_length", "Work waiting for a thread of the pool.", ThreadPool.PendingWorkItemCount);
        Counter(writer, "dotnet_thread_pool_work_item_count_total", "Work done by the thread pool.", ThreadPool.CompletedWorkItemCount);
    }

    private static void Gauge(MetricsWriter writer, string name, string help, double? value, string unit = "")
    {
        if (value is not { } known) return;
        writer.Family(name, MetricType.Gauge, help, unit);
        writer.Sample(known);
    }

    private static void Counter(MetricsWriter writer, string name, string help, double value, string unit = "")
    {
        writer.Family(name, MetricType.Counter, help, unit);
        writer.Sample(value);
    }

    private static double? ReadStartTime()
    {
        const string BootTime = "btime ";
        try
        {
            var boot = File.ReadLines("/proc/stat").FirstOrDefault(line => line.StartsWith(BootTime, StringComparison.Ordinal));
            return boot is not null && ProcessStatus.Read() is { } status
                ? long.Parse(boot.AsSpan(BootTime.Length), CultureInfo.InvariantCulture) + (status.StartTicks / TicksPerSecond)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
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

    // proc_pid_limits(5): "Max open files", the soft limit, the hard limit, the unit.
    private static double? MostDescriptors()
    {
        Span<byte> buffer = stackalloc byte[ProcFile.Enough];
        var text = ProcFile.Read("/proc/self/limits", buffer);
        var at = text.IndexOf("Max open files"u8);
        if (at < 0) return null;
        var soft = text[(at + "Max open files"u8.Length)..].TrimStart((byte)' ');
        if (soft.StartsWith("unlimited"u8)) return double.PositiveInfinity;
        return Utf8Parser.TryParse(soft, out long limit, out _) ? limit : null;
    }
}
