using System.Text;
using System.Text.Json;
using Vedette.Cli.Hub;
using Vedette.Cli.Tests.Top;

namespace Vedette.Cli.Tests.Hub;

public sealed class CheckLineReaderTests
{
    private const string Least = """{"id":"a","kind":"tcp","target":"x:1","lifecycle":"active","status":"up"}""";

    private static readonly CheckLine[] Lines =
    [
        Watched.Line(Watched.Check("web", kind: "http", target: "http://x/?\"é\\", name: "二つ")),
        Watched.Line(Watched.Check("db", Status.Down, message: "no answer\nwithin 1s") with { Owner = "office.yaml" }),
        Watched.Line(Watched.Check("slow", Status.Degraded, lifecycle: Lifecycle.Paused)),
        new("new", "icmp", "192.0.2.1", null, TimeSpan.FromMinutes(1.5), null, Lifecycle.Stopped, Status.Unknown, null, null, null, null, null, null, null),
    ];

    private static readonly byte[] Written = JsonSerializer.SerializeToUtf8Bytes(Lines, ApiJson.Readable.IEnumerableCheckLine);

    [Fact]
    public void What_a_hub_writes_is_read_in_pieces_of_any_length()
    {
        for (var length = 1; length <= Written.Length; length++) Read(Written, length).ShouldBe(Lines);
        Read("[ ]"u8.ToArray()).ShouldBeEmpty();
    }

    [Fact]
    public void More_than_the_buffer_holds_is_read_like_little()
    {
        CheckLine[] many = [.. Enumerable.Range(0, 2000).Select(number => Lines[number % Lines.Length] with { Id = $"c{number}", Message = new string('é', number) })];
        Read(JsonSerializer.SerializeToUtf8Bytes(many, ApiJson.Readable.IEnumerableCheckLine), 100_000).ShouldBe(many);
    }

    [Fact]
    public void A_list_that_ends_early_is_refused_wherever_it_ends()
    {
        for (var length = 0; length < Written.Length; length++) Should.Throw<JsonException>(() => Read(Written[..length]), $"after {length} bytes");
    }

    [Fact]
    public void What_a_later_hub_adds_and_in_what_order_does_not_matter()
    {
        const string Later = """[{"new":{"deep":[1,{"id":"no"}]},"status":"up","id":"a","more":null,"lifecycle":"active","list":["kind"],"target":"x:1","\u006bind":"tcp"}]""";
        for (var length = 1; length <= Later.Length; length++) Read(Encoding.UTF8.GetBytes(Later), length).ShouldBe(Read(Encoding.UTF8.GetBytes($"[{Least}]")));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("[[]]")]
    [InlineData("[null]")]
    [InlineData("[{}]")]
    [InlineData($"[{Least}]]")]
    [InlineData($"{Least}")]
    [InlineData($"[{Least},7]")]
    [InlineData($$"""[{{Least}},{"id":"a","kind":"tcp","target":"x:1","lifecycle":"active"}]""")]
    [InlineData("""[{"id":null,"kind":"tcp","target":"x:1","lifecycle":"active","status":"up"}]""")]
    public void What_is_no_list_of_checks_is_refused(string json)
    {
        Should.Throw<JsonException>(() => Read(Encoding.UTF8.GetBytes(json)));
        Should.Throw<JsonException>(() => Read(Encoding.UTF8.GetBytes(json), 1));
    }

    [Theory]
    [InlineData("\"id\":7")]
    [InlineData("\"id\":{}")]
    [InlineData("\"id\":\"a\\u001b[2J\"")]
    [InlineData("\"id\":\"-a\"")]
    [InlineData("\"id\":\"\"")]
    [InlineData("\"kind\":\"t\\u0007\"")]
    [InlineData("\"kind\":\"t\\u202ep\"")]
    [InlineData("\"name\":\"\\ud800\"")]
    [InlineData("\"\\ud800\":1")]
    [InlineData("\"status\":\"fine\"")]
    [InlineData("\"status\":1")]
    [InlineData("\"status\":null")]
    [InlineData("\"lifecycle\":null")]
    [InlineData("\"every\":\"often\"")]
    [InlineData("\"every\":null")]
    [InlineData("\"since\":\"noon\"")]
    [InlineData("\"since\":7")]
    [InlineData("\"latencySeconds\":\"1\"")]
    public void A_check_with_a_value_that_none_has_is_refused(string property)
    {
        Read(Encoding.UTF8.GetBytes($"[{Least}]")).ShouldHaveSingleItem().Id.ShouldBe("a");
        Should.Throw<JsonException>(() => Read(Encoding.UTF8.GetBytes($"[{Least[..^1]},{property}}}]")));
    }

    [Fact]
    public void Text_that_is_not_Unicode_and_nesting_without_an_end_are_refused()
    {
        Should.Throw<JsonException>(() => Read([.. "[{\"id\":\""u8, 0xC3, 0x28, .. "\"}]"u8]));
        Should.Throw<JsonException>(() => Read(Encoding.UTF8.GetBytes($$"""[{"x":{{new string('[', 10_000)}}""")));
    }

    [Fact]
    public void A_line_without_an_end_is_not_read_for_ever()
    {
        using var endless = new Pieces([.. "[{\"id\":\""u8, .. Enumerable.Repeat((byte)'x', CheckLineReader.LongestLine + 1)], 8192, isEndless: true);
        Should.Throw<JsonException>(() => CheckLineReader.Read(endless));
        endless.Position.ShouldBeLessThan(CheckLineReader.LongestLine * 2);
    }

    [Fact]
    public void A_list_without_an_end_is_not_read_for_ever()
    {
        using var endless = new Endless(Encoding.UTF8.GetBytes($"{Least},"));
        Should.Throw<JsonException>(() => CheckLineReader.Read(endless)).Message.ShouldBe("more checks than any hub has");
    }

    private static IReadOnlyList<CheckLine> Read(byte[] json, int atOnce = int.MaxValue)
    {
        using var pieces = new Pieces(json, atOnce);
        return CheckLineReader.Read(pieces);
    }

    // A list of the same again and again.
    private sealed class Endless(byte[] again) : MemoryStream
    {
        private bool hasBegun;

        public override int Read(Span<byte> buffer)
        {
            if (!hasBegun)
            {
                (hasBegun, buffer[0]) = (true, (byte)'[');
                return 1;
            }

            var filled = 0;
            for (; filled + again.Length <= buffer.Length; filled += again.Length) again.CopyTo(buffer[filled..]);
            if (filled > 0) return filled;
            throw new InvalidOperationException("The buffer takes no more.");
        }
    }

    // Gives no more than so many bytes at once; one without an end repeats its last byte.
    private sealed class Pieces(byte[] bytes, int atOnce, bool isEndless = false) : MemoryStream
    {
        private int at;

        public override long Position => at;

        public override int Read(Span<byte> buffer)
        {
            var length = Math.Min(Math.Min(buffer.Length, atOnce), isEndless ? int.MaxValue : bytes.Length - at);
            for (var i = 0; i < length; i++) buffer[i] = bytes[Math.Min(at++, bytes.Length - 1)];
            return length;
        }
    }
}
