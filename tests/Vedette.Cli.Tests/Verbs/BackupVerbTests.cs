using System.CommandLine;
using Vedette.Cli.Hub;

namespace Vedette.Cli.Tests.Verbs;

[Collection(nameof(Console))]
public sealed class BackupVerbTests : IAsyncLifetime
{
    private WatchingHub hub = null!;
    private string there = null!;

    public async ValueTask InitializeAsync()
    {
        hub = await WatchingHub.StartAsync();
        there = Directory.CreateTempSubdirectory("vedette-cli-").FullName;
    }

    public async ValueTask DisposeAsync()
    {
        await hub.DisposeAsync();
        Directory.Delete(there, recursive: true);
    }

    [Fact]
    public async Task A_backup_is_its_owners_alone_and_can_be_verified()
    {
        var file = Path.Combine(there, "a.db");
        (await hub.AskAsync("backup", file)).ExitCode.ShouldBe(0);
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var (exitCode, output, _) = await Invocation.RunAsync("verify", file);
        (exitCode, output).ShouldBe((0, "everything can be read (0 pieces of history read)\n"));
    }

    [Fact]
    public async Task What_lies_where_it_is_written_neither_leads_it_elsewhere_nor_opens_it_to_others()
    {
        var (file, foreign) = (Path.Combine(there, "a.db"), Path.Combine(there, "foreign"));
        await File.WriteAllTextAsync(foreign, "not ours");
        File.CreateSymbolicLink($"{file}.partial", foreign);
        (await hub.AskAsync("backup", file)).ExitCode.ShouldBe(0);
        (await File.ReadAllTextAsync(foreign)).ShouldBe("not ours");

        file = Path.Combine(there, "b.db");
        await File.WriteAllTextAsync($"{file}.partial", "left behind");
        File.SetUnixFileMode($"{file}.partial", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        (await hub.AskAsync("backup", file)).ExitCode.ShouldBe(0);
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_disk_that_is_full_is_not_the_hubs_doing()
    {
        var parsed = new Command("any") { GlobalOptions.Hub, GlobalOptions.Token, GlobalOptions.Data }.Parse(["--hub", hub.Url, "--token", hub.Token]);
        using var asking = HubClient.Of(parsed);
        await using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        (await Should.ThrowAsync<IOException>(() => asking.BackUpAsync(full, CancellationToken.None))).Message.ShouldContain("No space left on device");
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_the_hubs_doing_and_nothing_is_kept_of_it()
    {
        await using var broken = new ScriptedHub(_ => "Content-Type: application/vnd.sqlite3\r\nContent-Length: 100\r\n\r\nSQLite");
        var (exitCode, _, errors) = await Invocation.RunAsync("backup", Path.Combine(there, "a.db"), "--hub", broken.Url, "--token", "any");
        exitCode.ShouldBe(ExitCodes.Unavailable);
        errors.ShouldBe($"vedette: the hub at {broken.Url} broke off in the middle of its answer: the answer broke off; see its log, and ask again\n");
        Directory.EnumerateFileSystemEntries(there).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_not_there_to_be_verified_is_a_mistake_and_what_is_no_backup_is_damaged()
    {
        var file = Path.Combine(there, "a.db");
        (await Invocation.RunAsync("verify", file)).ShouldBe((ExitCodes.Usage, "", $"vedette: there is no file {file}\n"));
        await File.WriteAllTextAsync(file, "no database");
        (await Invocation.RunAsync("verify", file)).ShouldBe((ExitCodes.Refused, "", $"vedette: {file} is not a backup of Vedette\n"));
    }
}
