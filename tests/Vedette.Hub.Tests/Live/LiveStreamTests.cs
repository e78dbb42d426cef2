using System.Globalization;
using System.Text;
using Vedette.Hub.Live;

namespace Vedette.Hub.Tests.Live;

public sealed class LiveStreamTests
{
    private const int Kept = 8192;

    private readonly LiveStream live = new();

    [Fact]
    public async Task A_reader_gets_what_comes_after_it_began()
    {
        Publish("before");
        var position = live.Position(null);
        Publish("one");
        Publish("two");
        (await ReadAsync(position, 2)).Select(Text).ShouldBe(["\"one\"", "\"two\""]);
    }

    [Fact]
    public async Task A_reader_goes_on_after_the_last_message_it_saw()
    {
        var position = live.Position(null);
        foreach (var word in (string[])["one", "two", "three"]) Publish(word);
        var seen = await ReadAsync(position, 3);
        (await ReadAsync(live.Position(seen[0].Id), 2)).Select(message => message.Id).ShouldBe([seen[1].Id, seen[2].Id]);
        Publish("four");
        (await ReadAsync(live.Position(seen[2].Id), 1)).Select(Text).ShouldBe(["\"four\""]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("00000000-1")]
    [InlineData("{boot}-")]
    [InlineData("{boot}-x")]
    [InlineData("{boot}--1")]
    [InlineData("{boot}-2")]
    [InlineData("{boot}-99999999999999999999")]
    public async Task An_id_that_is_not_of_this_stream_starts_over(string id)
    {
        var position = live.Position(null);
        Publish("one");
        var boot = (await ReadAsync(position, 1))[0].Id.Split('-')[0];
        (await ReadAsync(live.Position(id.Replace("{boot}", boot, StringComparison.Ordinal)), 1))[0].Kind.ShouldBe(LiveEvents.Reset);
    }

    [Fact]
    public async Task A_reset_can_be_resumed_even_of_a_stream_in_which_nothing_happened()
    {
        var reset = (await ReadAsync(live.Position("foreign"), 1))[0];
        Publish("one");
        (await ReadAsync(live.Position(reset.Id), 1)).Select(Text).ShouldBe(["\"one\""]);
    }

    [Fact]
    public async Task A_reader_that_falls_behind_is_told_to_start_over_and_then_goes_on()
    {
        var position = live.Position(null);
        for (var i = 0; i <= Kept; i++) Publish("flood");
        await using var reader = live.ReadAsync(position, Timeout.InfiniteTimeSpan, TimeProvider.System, TestContext.Current.CancellationToken).GetAsyncEnumerator();
        await reader.MoveNextAsync();
        reader.Current.ShouldHaveSingleItem().Kind.ShouldBe(LiveEvents.Reset);
        Publish("next");
        await reader.MoveNextAsync();
        Text(reader.Current[0]).ShouldBe("\"next\"");
    }

    [Fact]
    public async Task An_id_that_has_left_the_ring_starts_over_and_the_oldest_in_it_does_not()
    {
        var position = live.Position(null);
        Publish("first");
        var first = (await ReadAsync(position, 1))[0].Id;
        for (var i = 0; i < Kept; i++) Publish("flood");
        (await ReadAsync(live.Position(first), 1))[0].Kind.ShouldBe("word");
        Publish("one more");
        (await ReadAsync(live.Position(first), 1))[0].Kind.ShouldBe(LiveEvents.Reset);
    }

    [Fact]
    public async Task Many_readers_each_get_everything_in_order()
    {
        var position = live.Position(null);
        var readers = Enumerable.Range(0, 20).Select(_ => ReadAsync(position, 500)).ToList();
        await Parallel.ForEachAsync(Enumerable.Range(0, 500), TestContext.Current.CancellationToken, (i, _) =>
        {
            Publish(i.ToString(CultureInfo.InvariantCulture));
            return ValueTask.CompletedTask;
        });
        var all = await Task.WhenAll(readers);
        all[0].Select(Text).Distinct().Count().ShouldBe(500);
        foreach (var seen in all) seen.Select(message => message.Id).ShouldBe(all[0].Select(message => message.Id));
    }

    [Fact]
    public async Task Silence_is_broken_by_a_sign_of_life()
    {
        await foreach (var messages in live.ReadAsync(live.Position(null), TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken))
        {
            messages.ShouldBeEmpty();
            break;
        }
    }

    [Fact]
    public async Task A_message_is_written_once_and_only_when_somebody_reads_it()
    {
        var word = new CountedWord();
        live.Publish("word", null, word, TestJson.Default.CountedWord);
        var message = (await ReadAsync(0, 1))[0];
        word.Written.ShouldBe(0);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => message.Json)));
        word.Written.ShouldBe(1);
    }

    private void Publish(string word) => live.Publish("word", null, word, TestJson.Default.String);

    private static string Text(LiveEvent message) => Encoding.UTF8.GetString(message.Json);

    private async Task<List<LiveEvent>> ReadAsync(long position, int count)
    {
        var read = new List<LiveEvent>();
        await foreach (var messages in live.ReadAsync(position, Timeout.InfiniteTimeSpan, TimeProvider.System, TestContext.Current.CancellationToken))
        {
            read.AddRange(messages.Take(count - read.Count));
            if (read.Count == count) break;
        }

        return read;
    }
}
