using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Processes;

/// <summary>The built program as a process of its own.</summary>
public static class VedetteProcess
{
    /// <summary>Runs one check with <c>check run --json</c>, optionally inside a network namespace; its exit code and result.</summary>
    public static async Task<(int ExitCode, string Json)> RunCheckAsync(string? networkNamespace, params string[] arguments)
    {
        string[] command = [Program(), "check", "run", .. arguments, "--json"];
        return await ReadAsync(networkNamespace is null ? command : ["ip", "netns", "exec", networkNamespace, .. command]);
    }

    /// <summary>The same inside a network namespace, without a capability such as <c>net_raw</c>.</summary>
    public static Task<(int ExitCode, string Json)> RunCheckWithoutAsync(string capability, string networkNamespace, params string[] arguments) =>
        ReadAsync(["ip", "netns", "exec", networkNamespace, "setpriv", $"--bounding-set=-{capability}", Program(), "check", "run", .. arguments, "--json"]);

    private static async Task<(int ExitCode, string Json)> ReadAsync(string[] command)
    {
        var (exitCode, json, errors) = await Command.RunAsync(command[0], command[1..]);
        return json.Length > 0 ? (exitCode, json) : throw new InvalidOperationException($"check run ended with {exitCode}: {errors}");
    }

    /// <summary>A loopback port that nothing listened on a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Program([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../artifacts/bin/Vedette.Cli/release/Vedette.Cli"));
}
