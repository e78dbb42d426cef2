using Vedette.Linux.Host;

namespace Vedette.Linux.Tests.Host;

public sealed class FileKindTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("vedette-linux-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void Only_a_plain_file_is_one()
    {
        var (file, link, dangling) = (Path.Combine(directory, "ä file"), Path.Combine(directory, "link"), Path.Combine(directory, "dangling"));
        File.WriteAllText(file, "");
        File.CreateSymbolicLink(link, file);
        File.CreateSymbolicLink(dangling, Path.Combine(directory, "nowhere"));
        FileKind.IsPlain(file).ShouldBe(true);
        foreach (var other in new[] { link, dangling, directory, "/dev/null" }) FileKind.IsPlain(other).ShouldBe(false, other);
        foreach (var nothing in new[] { Path.Combine(directory, "none"), Path.Combine(file, "below"), "" }) FileKind.IsPlain(nothing).ShouldBeNull(nothing);
    }

    [Fact]
    public void A_relative_name_begins_in_the_working_directory() =>
        FileKind.IsPlain(Path.GetRelativePath(Environment.CurrentDirectory, "/etc/passwd")).ShouldBe(true);
}
