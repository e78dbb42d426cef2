using Vedette.Linux.Host;

namespace Vedette.Linux.Tests.Host;

public sealed class DirectoryNamesTests
{
    [Fact]
    public void What_a_directory_holds_can_be_made_durable_and_one_that_is_not_there_cannot()
    {
        var directory = Directory.CreateTempSubdirectory("vedette-names-").FullName;
        DirectoryNames.Flush(directory);
        Directory.Delete(directory);
        Should.Throw<IOException>(() => DirectoryNames.Flush(directory)).Message.ShouldBe($"No such file or directory : '{directory}'");
    }
}
