using Vedette.Hub.Upkeep;
using Vedette.State.Sqlite;

namespace Vedette.Hub.Tests.Upkeep;

public sealed class DamageReportTests
{
    private readonly RecordedLog<DamageReport> log = new();

    [Theory]
    [InlineData(new long[0], true, "7 batches were saved, none is lost, and everything goes on")]
    [InlineData(new long[0], false, "7 batches were saved, how many are lost is not known, and everything goes on")]
    [InlineData(new long[] { 4 }, true, "7 batches were saved, 1 is lost (4), and everything goes on")]
    [InlineData(new long[] { 4 }, false, "1 is known to be lost (4), and how many more is not known, and everything goes on")]
    [InlineData(new long[] { 4, 5, 9 }, true, "3 are lost (4 to 9), and everything goes on")]
    [InlineData(new long[] { 4, 5, 9 }, false, "3 are known to be lost (4 to 9), and how many more is not known, and everything goes on")]
    public void What_a_start_could_not_save_is_told_as_far_as_it_is_known(long[] lost, bool isAll, string told)
    {
        new DamageReport(log).Tell(new BatchLoss(7, lost, isAll), "/data/vedette.db");
        log.Warnings.ShouldHaveSingleItem().ShouldContain(told);
    }

    [Fact]
    public void What_could_not_be_mended_is_told_with_the_reason_and_nothing_is_said_to_be_lost()
    {
        new DamageReport(log).Tell(new BatchLoss(0, [], IsAll: false, "/data/vedette.db could not be written: its disk is full; make room there"), "/data/vedette.db");
        log.Warnings.ShouldHaveSingleItem().ShouldBe("Pages of /data/vedette.db are damaged where results wait to be compacted, and nothing was changed: /data/vedette.db could not be written: its disk is full; make room there. The next start tries again.");
    }
}
