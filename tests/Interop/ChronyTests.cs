using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Processes;
using Vedette;

namespace Interop;

/// <summary>Time servers of chrony, which leave the clock alone (<c>-x</c>), in network namespaces of the test's own.</summary>
public sealed partial class ChronyTests : IAsyncDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly List<Command> running = [];
    private NetworkNamespaces hosts = null!;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in running) await server.DisposeAsync();
        await hosts.DisposeAsync();
        directory.Dispose();
    }

    [Fact]
    public async Task A_server_is_up_at_its_stratum_and_on_the_same_host_within_its_uncertainty()
    {
        hosts = await NetworkNamespaces.CreateAsync();
        await ServeAsync(hosts.Far, "local stratum 8");
        var result = await Run.InAsync(hosts.Near, "ntp", hosts.FarAddress, "--set", "samples=2");
        result.Status.ShouldBe(Status.Up, result.Message);
        (result.Measured("ntp_stratum"), result.Measured("ntp_leap"), result.Measured("ntp_samples_received_count")).ShouldBe((8, 0, 2));
        result.Attribute("reference_id").ShouldBe("127.127.1.1");
        Math.Abs(result.Measured("ntp_offset_seconds")).ShouldBeLessThanOrEqualTo(result.Measured("ntp_uncertainty_seconds"));

        // All on one host share its clock, whatever keeps it: no offset is beyond doubt.
        (await Run.InAsync(hosts.Near, "ntp", hosts.FarAddress, "--set", "maxOffset=1us")).Status.ShouldBe(Status.Up);
        (await Run.InAsync(hosts.Near, "ntp", hosts.FarAddress, "--set", "maxStratum=7")).Reason.ShouldBe("stratum");
    }

    [Fact]
    public async Task A_client_of_chrony_measures_the_same()
    {
        hosts = await NetworkNamespaces.CreateAsync();
        await ServeAsync(hosts.Far, "local stratum 8");
        var ours = await Run.InAsync(hosts.Near, "ntp", hosts.FarAddress);
        var (_, _, log) = await Command.RunAsync(
            "ip", "netns", "exec", hosts.Near, "chronyd", "-Q", "-t", "20", "-U", $"pidfile {directory.Path}/client.pid", "cmdport 0", $"server {hosts.FarAddress} iburst maxsamples 1");
        var theirs = double.Parse(Wrong.Match(log).Groups["seconds"].Value, CultureInfo.InvariantCulture);
        Math.Abs(ours.Measured("ntp_offset_seconds") - theirs).ShouldBeLessThan(ours.Measured("ntp_uncertainty_seconds") + 0.001);
    }

    [Fact]
    public async Task A_server_without_a_source_is_unsynchronized_and_one_that_found_it_names_it()
    {
        hosts = await NetworkNamespaces.CreateAsync();
        await ServeAsync(hosts.Near, $"server {hosts.FarAddress} iburst minpoll -4 maxpoll -4");
        var lost = await Run.InAsync(hosts.Near, "ntp", "127.0.0.1");
        (lost.Status, lost.Reason).ShouldBe((Status.Down, "unsynchronized"), lost.Message);

        await ServeAsync(hosts.Far, "local stratum 8");
        var found = lost;
        for (var waited = Stopwatch.StartNew(); found.Status != Status.Up && waited.Elapsed < TimeSpan.FromSeconds(60);)
            found = await Run.InAsync(hosts.Near, "ntp", "127.0.0.1");
        found.Status.ShouldBe(Status.Up, found.Message);
        found.Measured("ntp_stratum").ShouldBe(9);
        found.Attribute("reference_id").ShouldBe(hosts.FarAddress);
        found.Measured("ntp_root_dispersion_seconds").ShouldBeInRange(1e-6, 1);
        found.Measured("ntp_reference_age_seconds").ShouldBeInRange(0, 60);
    }

    [Fact]
    public async Task A_server_that_does_not_serve_us_is_silent_and_none_is_closed()
    {
        hosts = await NetworkNamespaces.CreateAsync();
        var closed = await Run.InAsync(hosts.Near, "ntp", hosts.FarAddress, "--timeout", "5s");
        (closed.Status, closed.Reason).ShouldBe((Status.Down, Reasons.Closed), closed.Message);
        await ServeAsync(hosts.Far, "local stratum 8\ndeny 10.77.0.1");
        var silent = await Run.InAsync(hosts.Near, "ntp", hosts.FarAddress, "--timeout", "500ms");
        (silent.Status, silent.Reason).ShouldBe((Status.Down, Reasons.Timeout), silent.Message);
    }

    private async Task ServeAsync(string host, string lines)
    {
        var configuration = Path.Combine(directory.Path, $"{host}.conf");
        await File.WriteAllTextAsync(configuration, $"allow all\n{lines}\nuser root\ncmdport 0\nbindcmdaddress /\npidfile {directory.Path}/{host}.pid\n");
        running.Add(Command.Start("ip", "netns", "exec", host, "chronyd", "-x", "-d", "-f", configuration));
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromSeconds(10);)
        {
            var (_, listening, _) = await Command.RunAsync("ip", "netns", "exec", host, "ss", "-Hlun", "sport = 123");
            if (listening.Length > 0) return;
        }

        throw new TimeoutException($"chronyd did not listen in {host} within 10 s");
    }

    [GeneratedRegex(@"System clock wrong by (?<seconds>-?\d+\.\d+) seconds", RegexOptions.NonBacktracking)]
    private static partial Regex Wrong { get; }
}
