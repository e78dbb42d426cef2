using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Vedette.Probes.Tests.Icmp;

/// <summary>
/// A network of the test's own, with nothing but a loopback whose kernel answers no pings: peers answer them. What opens sockets in it runs on a
/// thread that lives there; the sockets stay in it wherever they are used.
/// </summary>
internal static partial class OwnNetwork
{
    private const int CloneNewNet = 0x40000000;

    /// <summary>Runs an action on a thread of a new network; the action returns what goes on elsewhere.</summary>
    public static async Task<T> EnterAsync<T>(Func<T> action)
    {
        var made = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                Make();
                made.SetResult(action());
            }
            catch (Exception e)
            {
                made.SetException(e);
            }
        });
        thread.Start();
        return await made.Task;
    }

    private static void Make()
    {
        if (Unshare(CloneNewNet) != 0) throw new InvalidOperationException($"no network of our own: error {Marshal.GetLastPInvokeError()}; run this as root");
        Run("ip", "link set lo up");
        foreach (var (setting, value) in new[] { ("ipv4/icmp_echo_ignore_all", "1"), ("ipv6/icmp/echo_ignore_all", "1"), ("ipv4/ping_group_range", "0 2147483647") })
            File.WriteAllText($"/proc/sys/net/{setting}", value);
    }

    /// <summary>Runs a program in the network of this thread.</summary>
    public static void Run(string program, string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false })!;
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"{program} {arguments}");
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);
}
