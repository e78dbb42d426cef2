using System.Text.Json;
using Processes;

namespace Interop;

public sealed class DoctorTests
{
    [Fact]
    public async Task As_root_nothing_is_missing()
    {
        using var data = new TemporaryDirectory();
        var findings = await AskAsync(["--data", data.Path]);
        foreach (var name in (string[])["raw sockets", "ping sockets", "error queue", "loopback", "trusted roots", "data directory", "SQLite"])
            findings[name].ShouldBe(("ok", null), name);
    }

    [Fact]
    public async Task An_ordinary_user_learns_what_is_denied_and_the_command_that_grants_it()
    {
        await using var hosts = await NetworkNamespaces.CreateAsync();
        await Command.MustAsync("ip", "netns", "exec", hosts.Near, "sysctl", "-qw", "net.ipv4.ping_group_range=1 0");
        string[] ordinary = ["ip", "netns", "exec", hosts.Near, "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
        var before = await AskAsync(["--data", "/var/lib/vedette-of-nobody"], ordinary);
        before["raw sockets"].Health.ShouldBe("limited");
        before["raw sockets"].Mend!.ShouldMatch("^sudo setcap cap_net_raw\\+ep /.*Vedette\\.Cli$");
        before["ping sockets"].ShouldBe(("missing", "sudo sysctl -w net.ipv4.ping_group_range=\"0 2147483647\""));
        before["data directory"].Health.ShouldBe("missing");

        await Command.MustAsync("ip", "netns", "exec", hosts.Near, "sh", "-c", before["ping sockets"].Mend!.Replace("sudo ", "", StringComparison.Ordinal));
        (await AskAsync(["--data", "/tmp"], ordinary))["ping sockets"].ShouldBe(("ok", null));
    }

    [Fact]
    public async Task In_a_network_without_routes_it_says_which_are_missing()
    {
        await using var hosts = await NetworkNamespaces.CreateAsync();
        string[] inside = ["ip", "netns", "exec", hosts.Near];
        var without = await AskAsync([], inside);
        (without["loopback"].Health, without["IPv4"].Health, without["IPv6"].Health).ShouldBe(("ok", "missing", "limited"));
        await Command.MustAsync("ip", "-n", hosts.Near, "route", "add", "default", "via", hosts.FarAddress);
        (await AskAsync([], inside))["IPv4"].ShouldBe(("ok", null));

        await Command.MustAsync("ip", "-n", hosts.Near, "link", "set", "lo", "down");
        await Command.MustAsync("ip", "-n", hosts.Near, "addr", "flush", "dev", "lo");
        (await AskAsync([], inside))["loopback"].ShouldBe(("missing", "ip link set lo up"));
    }

    private static async Task<Dictionary<string, (string Health, string? Mend)>> AskAsync(string[] arguments, params string[] within)
    {
        string[] command = [.. within, VedetteProcess.Program(), "doctor", "--json", .. arguments];
        var (exitCode, json, errors) = await Command.RunAsync(command[0], command[1..]);
        exitCode.ShouldBeInRange(0, 2, errors);
        using var findings = JsonDocument.Parse(json);
        var read = findings.RootElement.EnumerateArray().ToDictionary(
            finding => finding.GetProperty("name").GetString()!,
            finding => (finding.GetProperty("health").GetString()!, finding.GetProperty("mend").GetString()));
        exitCode.ShouldBe(read.Values.Max(finding => finding.Item1 switch { "ok" => 0, "limited" => 1, _ => 2 }));
        return read;
    }
}
