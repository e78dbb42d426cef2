namespace Vedette.Probes.Tests;

public sealed class EscapesTests
{
    [Theory]
    [InlineData("hello", "68656C6C6F")]
    [InlineData(@"a\r\n\t\0\\b", "610D0A09005C62")]
    [InlineData(@"\x00\xff\x1B", "00FF1B")]
    [InlineData("é€", "C3A9E282AC")]
    [InlineData("", "")]
    public void Text_becomes_the_bytes_it_stands_for(string text, string hex)
    {
        Escapes.TryRead(text, out var bytes).ShouldBeTrue();
        Convert.ToHexString(bytes).ShouldBe(hex);
    }

    [Theory]
    [InlineData(@"\")]
    [InlineData(@"\q")]
    [InlineData(@"\x")]
    [InlineData(@"\x1")]
    [InlineData(@"\xg0")]
    public void Unknown_and_cut_escapes_are_refused(string text) => Escapes.Refuse(text).ShouldNotBeNull();

    [Fact]
    public void What_is_written_is_read_as_the_same_bytes()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        var text = Escapes.Write(all);
        text.ShouldAllBe(c => c >= ' ' && c <= '~');
        Escapes.TryRead(text, out var read).ShouldBeTrue();
        read.ShouldBe(all);
        Escapes.Write("a\r\n\t\\b"u8).ShouldBe(@"a\r\n\t\\b");
    }
}
