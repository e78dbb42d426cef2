using Vedette.Linux.Host;

namespace Vedette.Linux.Tests;

public sealed class StandardOutputTests
{
    [Fact]
    public void Somebody_reads_what_this_test_writes() => StandardOutput.ReaderIsGone.ShouldBeFalse();
}
