using System.Globalization;
using System.Text;

namespace Vedette.Metrics.Tests;

public sealed class ProcessMetricsTests
{
    [Fact]
    public void What_it_says_of_the_process_agrees_with_others()
    {
        var before = Environment.CpuUsage.TotalTime.TotalSeconds;
        var values = Read();
        values["process_cpu_seconds_total"].ShouldBeInRange(before, Environment.CpuUsage.TotalTime.TotalSeconds);
        values["process_start_time_seconds"].ShouldBe(StartedByTheKernel(), 2);
        values["process_resident_memory_bytes"].ShouldBeInRange(1 << 20, values["process_virtual_memory_bytes"]);
        values["process_virtual_memory_max_bytes"].ShouldBeGreaterThanOrEqualTo(values["process_virtual_memory_bytes"]);
        values["process_threads"].ShouldBeGreaterThan(1);
        values["process_max_fds"].ShouldBeGreaterThanOrEqualTo(values["process_open_fds"]);
    }

    [Fact]
    public void Open_descriptors_are_counted()
    {
        const int more = 500;
        var before = Read()["process_open_fds"];
        var files = Enumerable.Range(0, more).Select(_ => File.OpenHandle("/dev/null")).ToList();
        // Other tests of this process open and close some at the same time.
        Read()["process_open_fds"].ShouldBeInRange(before + more - 100, before + more + 100);
        files.ForEach(file => file.Dispose());
    }

    [Fact]
    public void Nothing_that_a_program_is_called_is_taken_for_a_number()
    {
        var status = "Name:\tVmRSS: 1 Threads:\t2\nVmRSS:\t   10240 kB\nThreads:\t17\n"u8;
        ProcessMetrics.Number(status, "\nVmRSS:"u8).ShouldBe(10240);
        ProcessMetrics.Number(status, "\nThreads:"u8).ShouldBe(17);
    }

    [Fact]
    public void A_limit_may_be_no_limit()
    {
        var limits = "Limit   Soft Limit  Hard Limit  Units\nMax address space  unlimited  unlimited  bytes\nMax open files  1024  524288  files\n"u8;
        ProcessMetrics.Number(limits, "\nMax address space"u8).ShouldBe(double.PositiveInfinity);
        ProcessMetrics.Number(limits, "\nMax open files"u8).ShouldBe(1024);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\nVmRSS:")]
    [InlineData("\nVmRSS:\t ")]
    [InlineData("\nVmRSS:\tmany kB\n")]
    [InlineData("\nVmRSS:\t99999999999999999999 kB\n")]
    public void What_a_file_does_not_tell_is_nothing(string file) =>
        ProcessMetrics.Number(Encoding.ASCII.GetBytes(file), "\nVmRSS:"u8).ShouldBeNull();

    // proc_stat(5) and proc_pid_stat(5): the second of boot, and the start in hundredths of a second after it.
    private static double StartedByTheKernel()
    {
        var boot = File.ReadLines("/proc/stat").Single(line => line.StartsWith("btime ", StringComparison.Ordinal));
        var stat = File.ReadAllText("/proc/self/stat");
        var ticks = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[22 - 3];
        return long.Parse(boot.AsSpan("btime ".Length), CultureInfo.InvariantCulture) + (long.Parse(ticks, CultureInfo.InvariantCulture) / 100.0);
    }

    private static Dictionary<string, double> Read() => Samples(Exposition.Of(ProcessMetrics.WriteTo));

    private static Dictionary<string, double> Samples(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#')
            .ToDictionary(line => line[..line.LastIndexOf(' ')], line => Value(line[(line.LastIndexOf(' ') + 1)..]));

    private static double Value(string text) => text == "+Inf" ? double.PositiveInfinity : double.Parse(text, CultureInfo.InvariantCulture);
}
