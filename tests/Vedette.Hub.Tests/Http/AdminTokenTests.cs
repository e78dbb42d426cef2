using Vedette.Hub.Http;
using Vedette.State.Sqlite;

namespace Vedette.Hub.Tests.Http;

public sealed class AdminTokenTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string directory = Directory.CreateTempSubdirectory("vedette-token-").FullName;

    private string FilePath => Path.Combine(directory, AdminToken.FileName);

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void It_is_made_once_long_and_private()
    {
        var made = AdminToken.LoadOrMake(directory);
        made.Value.ShouldMatch(@"\Avedette_[A-Za-z0-9_-]{43}\z");
        File.GetUnixFileMode(FilePath).ShouldBe(Private);
        AdminToken.LoadOrMake(directory).Value.ShouldBe(made.Value);
        Directory.GetFiles(directory).ShouldBe([FilePath]);
    }

    [Fact]
    public void Two_hubs_have_two_secrets()
    {
        var other = Directory.CreateDirectory(Path.Combine(directory, "other")).FullName;
        AdminToken.LoadOrMake(other).Value.ShouldNotBe(AdminToken.LoadOrMake(directory).Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    public void An_empty_file_that_all_can_read_is_replaced_by_a_private_one(string content)
    {
        Lay(FilePath, content);
        AdminToken.LoadOrMake(directory).Value.ShouldStartWith("vedette_");
        File.GetUnixFileMode(FilePath).ShouldBe(Private);
    }

    [Fact]
    public void A_file_that_others_can_read_is_narrowed()
    {
        Lay(FilePath, "vedette_kept\n");
        AdminToken.LoadOrMake(directory).Value.ShouldBe("vedette_kept");
        File.GetUnixFileMode(FilePath).ShouldBe(Private);
    }

    [Theory]
    [InlineData(AdminToken.FileName)]
    [InlineData(AdminToken.FileName + ".new")]
    public void A_link_that_somebody_laid_out_is_not_written_through(string name)
    {
        var theirs = Path.Combine(directory, "theirs");
        Lay(theirs, "");
        File.CreateSymbolicLink(Path.Combine(directory, name), theirs);
        AdminToken.LoadOrMake(directory);
        File.ReadAllText(theirs).ShouldBeEmpty();
        new FileInfo(FilePath).LinkTarget.ShouldBeNull();
        File.GetUnixFileMode(FilePath).ShouldBe(Private);
    }

    [Fact]
    public void What_cannot_be_read_is_one_sentence()
    {
        Directory.CreateDirectory(FilePath);
        Should.Throw<StateException>(() => AdminToken.LoadOrMake(directory)).Message.ShouldContain(FilePath);
    }

    [Fact]
    public void Only_the_whole_token_opens()
    {
        Lay(FilePath, "vedette_kept\n");
        var token = AdminToken.LoadOrMake(directory);
        foreach (var right in (string[])["Bearer vedette_kept", "bearer vedette_kept", "Bearer  vedette_kept "]) token.Opens(right).ShouldBeTrue(right);
        foreach (var wrong in (string?[])[null, "", "Bearer", "Bearer ", "vedette_kept", "Basic vedette_kept", "Bearer vedette_kep", "Bearer vedette_keptt", "Bearer VEDETTE_KEPT"])
            token.Opens(wrong).ShouldBeFalse(wrong);
    }

    private static void Lay(string path, string content)
    {
        File.WriteAllText(path, content);
        File.SetUnixFileMode(path, Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }
}
