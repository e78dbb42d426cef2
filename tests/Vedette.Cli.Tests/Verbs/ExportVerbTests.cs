using System.Diagnostics;

namespace Vedette.Cli.Tests.Verbs;

[Collection(nameof(Console))]
public sealed class ExportVerbTests : IAsyncLifetime
{
    private WatchingHub hub = null!;
    private string there = null!;

    public async ValueTask InitializeAsync()
    {
        hub = await WatchingHub.StartAsync();
        there = Directory.CreateTempSubdirectory("vedette-cli-").FullName;
        await hub.AskAsync("check", "add", "http", "http://127.0.0.1:9/", "--id", "web", "--every", "1h", "--set", "bearer=s3cret");
    }

    public async ValueTask DisposeAsync()
    {
        await hub.DisposeAsync();
        Directory.Delete(there, recursive: true);
    }

    [Theory]
    [InlineData("yaml")]
    [InlineData("json")]
    public async Task The_file_is_what_standard_output_gets_and_its_owners_alone(string format)
    {
        var file = Path.Combine(there, "checks");
        (await hub.AskAsync("export", "--format", format, "-o", file)).ShouldBe((0, $"wrote {file} (1 check)\n", ""));
        (await File.ReadAllTextAsync(file)).ShouldBe((await hub.AskAsync("export", "--format", format, "-o", "-")).Output);
        (await File.ReadAllTextAsync(file)).ShouldNotContain("s3cret");
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.EnumerateFileSystemEntries(there).ShouldBe([file]);
    }

    [Fact]
    public async Task A_file_that_is_there_is_replaced_only_with_force_and_is_its_owners_alone_then()
    {
        var file = Path.Combine(there, "checks.yaml");
        await File.WriteAllTextAsync(file, "not ours");
        (await hub.AskAsync("export", "-o", file)).ShouldBe((ExitCodes.Usage, "", $"vedette: {file} is there already and is left alone; replace it with --force, or give another name\n"));
        (await File.ReadAllTextAsync(file)).ShouldBe("not ours");
        (await hub.AskAsync("export", "-o", file, "--force")).ShouldBe((0, $"wrote {file} (1 check)\n", ""));
        (await File.ReadAllTextAsync(file)).ShouldContain("id: web");
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task What_is_no_plain_file_is_never_replaced()
    {
        var (link, dangling) = (Path.Combine(there, "link"), Path.Combine(there, "dangling"));
        File.CreateSymbolicLink(link, "/dev/null");
        File.CreateSymbolicLink(dangling, Path.Combine(there, "nowhere"));
        foreach (var name in new[] { link, dangling, there, "/dev/null" })
            (await hub.AskAsync("export", "-o", name, "--force")).ShouldBe((ExitCodes.Usage, "", $"vedette: {name} is there already, is no plain file, and is left alone; give another name\n"));
        Directory.EnumerateFileSystemEntries(there).Order(StringComparer.Ordinal).ShouldBe([dangling, link]);
    }

    [Fact]
    public async Task What_cannot_be_written_is_told_before_the_hub_is_asked()
    {
        const string Nowhere = "http://127.0.0.1:1";
        (await Invocation.RunAsync("export", "--hub", Nowhere, "-o", $"{there}/none/x.yaml")).ShouldBe((ExitCodes.Usage, "", $"vedette: {there}/none/x.yaml cannot be written: there is no directory {there}/none; make it, or give another name\n"));
        (await Invocation.RunAsync("export", "--hub", Nowhere, "-o", "")).ShouldBe((ExitCodes.Usage, "", "vedette: a file needs a name; give one\n"));
        (await Invocation.RunAsync("export", "--hub", Nowhere, "--force")).ShouldBe((ExitCodes.Usage, "", "vedette: --force: is about a file; name it with --output FILE\n"));
    }

    [Fact]
    public async Task A_disk_that_is_full_keeps_the_old_file_and_nothing_of_the_new()
    {
        // A disk of one page, in a mount namespace that goes with the shell.
        var (exitCode, output) = await InShellAsync($"mount -t tmpfs -o size=4k none {there}; cd {there}; head -c 4000 /dev/zero > old; \"$0\" \"$@\" -o old --force; echo \"ended with $?\"; ls -A; wc -c < old", "unshare", "--mount");
        (exitCode, output).ShouldBe((0, $"vedette: old cannot be written: its disk is full; make room there\nended with {ExitCodes.Unavailable}\nold\n4000\n"));
    }

    [Fact]
    public async Task A_directory_that_may_not_be_written_is_named()
    {
        // Without capabilities root is bound by modes as others are.
        var (exitCode, output) = await InShellAsync($"chmod 500 {there}; \"$0\" \"$@\" -o {there}/x; echo \"ended with $?\"; ls -A {there}", "setpriv", "--bounding-set=-all", "--inh-caps=-all");
        (exitCode, output).ShouldBe((0, $"vedette: {there}/x cannot be written: this user may not write in {there}; give another name, or be allowed to\nended with {ExitCodes.Unavailable}\n"));
    }

    [Fact]
    public async Task A_directory_that_may_be_written_but_not_read_takes_the_file()
    {
        var (exitCode, output) = await InShellAsync($"chmod 300 {there}; \"$0\" \"$@\" -o {there}/x; echo \"ended with $?\"", "setpriv", "--bounding-set=-all", "--inh-caps=-all");
        (exitCode, output).ShouldBe((0, $"wrote {there}/x (1 check)\nended with 0\n"));
        (await File.ReadAllTextAsync($"{there}/x")).ShouldContain("id: web");
    }

    private async Task<(int ExitCode, string Output)> InShellAsync(string line, params string[] within)
    {
        var start = new ProcessStartInfo(within[0], [.. within.Skip(1), "sh", "-c", $"exec 2>&1; {line}", Path.Combine(AppContext.BaseDirectory, "Vedette.Cli"), "export", "--hub", hub.Url, "--token", hub.Token]) { UseShellExecute = false, RedirectStandardOutput = true };
        using var shell = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var output = await shell.StandardOutput.ReadToEndAsync(patience.Token);
        await shell.WaitForExitAsync(patience.Token);
        return (shell.ExitCode, output);
    }
}
