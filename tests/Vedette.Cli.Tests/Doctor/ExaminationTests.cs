using Vedette.Cli.Doctor;
using Vedette.Cli.Rendering;
using Vedette.Linux.Host;

namespace Vedette.Cli.Tests.Doctor;

public sealed class ExaminationTests
{
    [Theory]
    [InlineData(1024L, nameof(Health.Limited))]
    [InlineData(4096L, nameof(Health.Ok))]
    [InlineData(null, nameof(Health.Ok))]
    public void Few_open_files_limit_how_many_runs_there_are_at_once(long? most, string health) =>
        LimitsExamination.OpenFiles(most).Health.ToString().ShouldBe(health);

    [Theory]
    [InlineData(32768, 60999, 100L, nameof(Health.Ok))]
    [InlineData(32768, 60999, 14_117L, nameof(Health.Limited))]
    [InlineData(40000, 41000, 0L, nameof(Health.Limited))]
    [InlineData(32768, 60999, null, nameof(Health.Ok))]
    public void Few_ports_or_many_held_ones_limit_connections(int first, int last, long? waiting, string health) =>
        LimitsExamination.Ports((first, last), waiting).Health.ToString().ShouldBe(health);

    [Theory]
    [InlineData(3L << 30, nameof(Health.Ok))]
    [InlineData(1L << 30, nameof(Health.Limited))]
    [InlineData(10L << 20, nameof(Health.Missing))]
    public void Little_space_limits_a_hub_and_none_ends_it(long free, string health) => StorageExamination.Space("/data", free).Health.ToString().ShouldBe(health);

    [Fact]
    public void A_clock_that_nothing_keeps_right_limits_verdicts_that_depend_on_it()
    {
        ClockExamination.Examine(new HostClock(IsSynchronized: true, TimeSpan.FromMilliseconds(20), TimeSpan.Zero)).ShouldBe(Finding.Ok("clock", "it is synchronised, and at most 20.0 ms off"));
        ClockExamination.Examine(new HostClock(IsSynchronized: false, TimeSpan.FromSeconds(16), TimeSpan.FromSeconds(16))).Mend.ShouldBe("sudo apt-get install chrony");
        ClockExamination.Examine(null).Health.ShouldBe(Health.Limited);
    }

    [Fact]
    public void Without_a_trusted_authority_no_certificate_is_good()
    {
        SecureExamination.Roots(0).ShouldSatisfyAllConditions(
            finding => finding.Health.ShouldBe(Health.Missing),
            finding => finding.Mend.ShouldBe("sudo apt-get install ca-certificates"));
        SecureExamination.Roots(140).Health.ShouldBe(Health.Ok);
    }

    [Fact]
    public void Without_its_library_nothing_speaks_TLS()
    {
        SecureExamination.Tls("it is not here").ShouldSatisfyAllConditions(
            finding => finding.Health.ShouldBe(Health.Missing),
            finding => finding.Says.ShouldEndWith("it is not here"),
            finding => finding.Mend.ShouldBe("sudo apt-get install libssl3"));
        SecureExamination.Examine().Single(finding => finding.Name == "TLS").Health.ShouldBe(Health.Ok);
    }

    [Fact]
    public void Findings_are_summed_up_and_each_trouble_shows_its_command_whole()
    {
        var command = $"sudo sysctl -w {new string('x', 80)}";
        var text = new DoctorText(new Palette(colours: false), 60).Render(
            [Finding.Ok("loopback", "it is up"), Finding.Missing("IPv4", "there is no route to the outside at all, which is long enough for two lines", command), Finding.Ok("SQLite", "3.40.1")]);
        text.ShouldStartWith("2 ok, 1 missing\n\n  ● ok       loopback  it is up\n  ✖ missing  IPv4      there is no route");
        text.ShouldContain($"mend it: {command}\n");
        text.Split('\n').Where(line => !line.Contains("mend it", StringComparison.Ordinal)).ShouldAllBe(line => line.Length <= 60);
    }
}
