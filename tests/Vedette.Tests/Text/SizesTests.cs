namespace Vedette.Tests.Text;

public sealed class SizesTests
{
    [Theory]
    [InlineData("1B", 1)]
    [InlineData("512MiB", 512L << 20)]
    [InlineData("1.5GiB", 3L << 29)]
    [InlineData("2TiB", 2L << 40)]
    public void A_size_is_a_number_and_a_unit(string text, long bytes)
    {
        Sizes.TryParse(text, out var read).ShouldBeTrue();
        read.ShouldBe(bytes);
        Sizes.TryParse(Sizes.Format(bytes), out var again).ShouldBeTrue();
        again.ShouldBe(bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("GiB")]
    [InlineData("1GB")]
    [InlineData("1 GiB")]
    [InlineData("-1GiB")]
    [InlineData("1.2.3GiB")]
    [InlineData("9999999999TiB")]
    public void Anything_else_is_none(string text) => Sizes.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Every_size_is_written_so_that_it_is_read_as_the_same()
    {
        foreach (var bytes in new[] { 0L, 1, 1023, 1024, 1025, 16 << 20, (1L << 40) + 1, long.MaxValue / 1024 * 512 })
        {
            Sizes.TryParse(Sizes.Format(bytes), out var read).ShouldBeTrue(Sizes.Format(bytes));
            ((double)read).ShouldBe(bytes);
        }
    }
}
