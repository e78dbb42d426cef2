using System.Globalization;
using Vedette.Linux.Host;

namespace Vedette.Cli.Doctor;

/// <summary>Whether many checks at once find files and ports enough.</summary>
internal static class LimitsExamination
{
    // A run that is under way has one socket open; the program itself some dozens of files.
    private const long EnoughFiles = 4096;

    // Half of the kernel's own 32768 to 60999: fewer and checks of one address a second apart run out within a minute of TIME_WAIT.
    private const int EnoughPorts = 14000;

    public static IEnumerable<Finding> Examine() => [OpenFiles(HostLimits.OpenFiles()), Ports(HostLimits.EphemeralPorts(), HostLimits.WaitingConnections())];

    public static Finding OpenFiles(long? most)
    {
        const string Name = "open files";
        return most is { } files and < EnoughFiles
            ? Finding.Limited(Name, Say($"this process may open {files:#,0}, so fewer runs than that can be under way at once"), $"sudo prlimit --pid $$ --nofile={EnoughFiles * 16}")
            : Finding.Ok(Name, most is { } many ? Say($"this process may open {many:#,0}") : "this process may open any number");
    }

    public static Finding Ports((int First, int Last)? range, long? waiting)
    {
        const string Name = "ports";
        const string Widen = "sudo sysctl -w net.ipv4.ip_local_port_range=\"10240 65535\"";
        if (range is not var (first, last)) return Finding.Limited(Name, "the kernel does not say which ports it gives to connections");
        var count = last - first + 1;
        var held = waiting is { } closed ? Say($", {closed:#,0} held by closed connections") : "";
        var says = Say($"{count:#,0} for connections to one address ({first} to {last}){held}");
        return count < EnoughPorts || waiting > count / 2 ? Finding.Limited(Name, $"{says}: frequent tcp and http checks may find none free", Widen) : Finding.Ok(Name, says);
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
