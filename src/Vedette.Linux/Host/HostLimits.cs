using System.Globalization;

namespace Vedette.Linux.Host;

/// <summary>How much of what sockets need there is for this process and this host.</summary>
public static class HostLimits
{
    /// <summary>How many files and sockets this process may have open (<c>/proc/self/limits</c>, proc_pid_limits(5)); null when it does not say, or there is no limit.</summary>
    public static long? OpenFiles() => OpenFiles(ProcFile.Lines("/proc/self/limits"));

    /// <summary>The first and last port that the kernel gives to connections by itself (ip(7), <c>ip_local_port_range</c>), or null.</summary>
    public static (int First, int Last)? EphemeralPorts() => EphemeralPorts(ProcFile.Lines("/proc/sys/net/ipv4/ip_local_port_range"));

    /// <summary>How many closed TCP connections still hold their port (TIME_WAIT; <c>/proc/net/sockstat</c>), or null.</summary>
    public static long? WaitingConnections() => WaitingConnections(ProcFile.Lines("/proc/net/sockstat"));

    /// <summary>The same, of the lines of that file.</summary>
    public static long? OpenFiles(IEnumerable<string> limits) =>
        limits.Where(line => line.StartsWith("Max open files", StringComparison.Ordinal)).Select(line => Word(line, 3)).FirstOrDefault();

    /// <summary>The same, of the lines of that file.</summary>
    public static (int First, int Last)? EphemeralPorts(IEnumerable<string> range) =>
        range.FirstOrDefault() is { } line && (Word(line, 0), Word(line, 1)) is (long first, long last) ? ((int)first, (int)last) : null;

    /// <summary>The same, of the lines of that file.</summary>
    public static long? WaitingConnections(IEnumerable<string> statistics) =>
        statistics.Where(line => line.StartsWith("TCP:", StringComparison.Ordinal)).Select(line => Word(line, 6)).FirstOrDefault();

    private static long? Word(string line, int index) =>
        line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(index) is { } word
        && long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
