using System.Text;
using Vedette.Cli.Hub;

namespace Vedette.Cli.Tests.Hub;

public sealed class EventStreamTests
{
    private const string Two = ": live\n\nid: a-1\nevent: result\ndata: {\"x\":\ndata: 1}\n\n:\n\nid: a-2\r\nevent:removed\r\ndata\r\ndata: {}\r\n\r\nid: a-3\nevent: result\ndata: cut";

    [Fact]
    public async Task Events_are_read_comments_left_out_and_one_cut_short_is_none()
    {
        (await ReadAsync(Two)).ShouldBe([new("a-1", "result", "{\"x\":\n1}"), new("a-2", "removed", "{}")]);
        (await ReadAsync("data: x\n\n")).ShouldBe([new("", "message", "x")]);
        (await ReadAsync("id: 1\nevent: result\n\n")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Cut_at_every_byte_only_whole_events_come_out()
    {
        var whole = await ReadAsync(Two);
        for (var length = 0; length < Two.Length; length++)
        {
            var read = await ReadAsync(Two[..length]);
            read.ShouldBe(whole.Take(read.Count));
        }
    }

    private static async Task<List<StreamedEvent>> ReadAsync(string text)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
        using var stream = new EventStream(content, content);
        var events = new List<StreamedEvent>();
        while (await stream.NextAsync(CancellationToken.None) is { } next) events.Add(next);
        return events;
    }
}
