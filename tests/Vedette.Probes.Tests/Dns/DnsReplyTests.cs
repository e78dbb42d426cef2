using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Vedette.Probes.Dns;

namespace Vedette.Probes.Tests.Dns;

public sealed class DnsReplyTests
{
    private static readonly DnsQuery Query = new(Answers.Name("www.zoo.test"), Answers.A, recursion: true);
    private static readonly byte[] Asked = Answers.Query("www.zoo.test");

    private static readonly byte[] Whole = Answers.To(
        Asked, 0, DnsFlags.Authoritative | DnsFlags.Authentic,
        [Answers.Alias("www.zoo.test", "zoo.test"), Answers.Address("zoo.test", "192.0.2.1"), Answers.Record("zoo.test", 65280, 1, 2, 3)],
        [Answers.Zone("zoo.test")],
        [Answers.Address("ns.zoo.test", "192.0.2.53"), Answers.Edns(1, 0, 15, 0, 7, 0, 3, (byte)'s', (byte)'t', (byte)'a', (byte)'l', (byte)'e')]);

    [Fact]
    public void An_answer_is_read_whole()
    {
        Query.IsAnsweredBy(Whole, 0x1234).ShouldBeTrue();
        var reply = DnsReply.Read(Whole, Query, out var problem).ShouldNotBeNull(problem);
        reply.Rcode.ShouldBe(16);
        reply.Flags.ShouldBe(DnsFlags.Response | DnsFlags.Authoritative | DnsFlags.Authentic | DnsFlags.RecursionDesired);
        reply.Counts.ShouldBe((3, 1, 2));
        reply.Answers.ShouldBe(
            [
                new("www.zoo.test.", Answers.Cname, 1, 300, "zoo.test."),
                new("zoo.test.", Answers.A, 1, 300, "192.0.2.1"),
                new("zoo.test.", 65280, 1, 300, @"\# 3 010203"),
            ]);
        reply.Authority.ShouldHaveSingleItem().Data.ShouldBe("ns.zoo.test. keeper.zoo.test. 2026056357 0 0 0 60");
        reply.HasEdns.ShouldBeTrue();
        reply.Errors.ShouldHaveSingleItem().ShouldBe(new ExtendedError(3, "stale"));
    }

    [Fact]
    public void An_answer_cut_at_any_byte_is_malformed_and_says_where()
    {
        for (var length = DnsReader.HeaderSize; length < Whole.Length; length++)
        {
            DnsReply.Read(Whole.AsSpan(0, length), Query, out var problem).ShouldBeNull($"{length} bytes");
            problem.ShouldNotBeNullOrEmpty();
            Query.IsAnsweredBy(Whole.AsSpan(0, length), 0x1234).ShouldBe(length >= Answers.QuestionEnd(Asked));
        }
    }

    // A key of OPENPGPKEY (61) that is empty is nothing but an empty field.
    [Fact]
    public void A_record_of_any_type_that_is_empty_or_short_is_read_or_malformed_and_nothing_else()
    {
        foreach (var data in (byte[][])[[], [0], [0, 0], [1, 0, 0]])
        {
            var record = Answers.Record("zoo.test", 0, data);
            var message = Answers.To(Asked, 0, record);
            var at = message.Length - record.Length + Answers.Name("zoo.test").Length;
            for (var type = 0; type <= ushort.MaxValue; type++)
            {
                BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(at), (ushort)type);
                var reply = DnsReply.Read(message, Query, out var problem);
                (reply is null).ShouldBe(problem is not null, $"type {type} with {data.Length} bytes");
                reply?.Answers.ShouldHaveSingleItem().Type.ShouldBe((ushort)type);
            }
        }
    }

    [Fact]
    public void An_answer_with_any_byte_changed_is_read_or_malformed_and_nothing_else()
    {
        for (var at = 0; at < Whole.Length; at++)
            foreach (var value in (byte[])[0, 1, 0x3F, 0x40, 0x7F, 0x80, 0xC0, 0xFF])
            {
                var changed = Whole.ToArray();
                changed[at] = value;
                var reply = DnsReply.Read(changed, Query, out var problem);
                (reply is null).ShouldBe(problem is not null);
            }
    }

    [Fact]
    public void Any_bytes_are_an_answer_or_malformed() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            byte[] message = [.. Whole[..Answers.QuestionEnd(Asked)], .. bytes];
            (message[7], message[9], message[11]) = (2, 1, 1);
            var reply = DnsReply.Read(message, Query, out var problem);
            return (reply is null) == (problem is not null);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(6)]
    [InlineData(8)]
    [InlineData(10)]
    public void More_records_than_there_is_room_for_are_not_even_looked_for(int count)
    {
        var lying = Whole.ToArray();
        (lying[count], lying[count + 1]) = (0xFF, 0xFF);
        DnsReply.Read(lying, Query, out var problem).ShouldBeNull();
        problem.ShouldNotBeNull().ShouldContain("shorter");
    }

    [Fact]
    public void The_highest_bit_of_a_ttl_makes_it_none()
    {
        var record = Answers.Record(Answers.Name("www.zoo.test"), Answers.A, 1, 0x80000001, [192, 0, 2, 1]);
        DnsReply.Read(Answers.To(Asked, 0, record), Query, out _).ShouldNotBeNull().Answers[0].Ttl.ShouldBe(0);
        record = Answers.Record(Answers.Name("www.zoo.test"), Answers.A, 1, 0x7FFFFFFF, [192, 0, 2, 1]);
        DnsReply.Read(Answers.To(Asked, 0, record), Query, out _).ShouldNotBeNull().Answers[0].Ttl.ShouldBe(int.MaxValue);
    }

    [Fact]
    public void Only_the_answer_to_the_question_with_its_id_is_one()
    {
        var right = Answers.To(Asked, 0);
        Query.IsAnsweredBy(right, 0x1234).ShouldBeTrue();
        Query.IsAnsweredBy(right, 0x1235).ShouldBeFalse();
        Query.IsAnsweredBy(Asked, 0x1234).ShouldBeFalse("a query is no answer");
        Query.IsAnsweredBy(Answers.To(Answers.Query("wwx.zoo.test"), 0), 0x1234).ShouldBeFalse("another name");
        Query.IsAnsweredBy(Answers.To(Answers.Query("WWW.zoo.TEST"), 0), 0x1234).ShouldBeTrue("case does not matter");
        Query.IsAnsweredBy(Answers.To(Answers.Query("www.zoo.test", 28), 0), 0x1234).ShouldBeFalse("another type");
        Query.IsAnsweredBy(Changed(right, Answers.QuestionEnd(Asked) - 1, 3), 0x1234).ShouldBeFalse("another class");
        Query.IsAnsweredBy(Changed(right, 2, 0x90), 0x1234).ShouldBeFalse("another opcode");
        Query.IsAnsweredBy(Changed(right, 5, 2), 0x1234).ShouldBeFalse("two questions");
        Query.IsAnsweredBy(Changed(right, 5, 0), 0x1234).ShouldBeFalse("no question");
        Query.IsAnsweredBy(Changed(Answers.To(Asked, DnsCodes.FormatError), 5, 0).AsSpan(0, 12), 0x1234).ShouldBeTrue("no question, because it could not be read");
    }

    [Fact]
    public void The_longest_and_most_hostile_message_costs_little()
    {
        // As many records as fit, each with an owner that jumps to the longest name, and data that does as well.
        var name = Answers.Name(string.Join('.', Enumerable.Repeat(new string('a', 63), 3)) + '.' + new string('\\', 122));
        var query = new DnsQuery(name, 6, recursion: true);
        var asked = new byte[DnsQuery.Longest];
        query.Write(asked, 1, edns: false);
        byte[] pointers = [0xC0, 12, 0xC0, 12, .. new byte[20]];
        var record = Answers.Record([0xC0, 12], 6, 1, 300, pointers);
        var message = Answers.To(asked, 0, [.. Enumerable.Repeat(record, (65535 - 300) / record.Length)]);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var reply = DnsReply.Read(message, query, out var problem).ShouldNotBeNull(problem);
        var chain = AliasChain.Follow(reply.Answers, query);
        var details = DnsDetails.Of(query, reply, "192.0.2.53:53", "tcp");
        new ExpectedAnswers(Answers.Soa, ["192.0.2.1"]).Compare(query.NameText, chain.Records).ShouldNotBeNull();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(4 * 1024 * 1024);
        reply.Answers.Count.ShouldBe(DnsReply.MostKept);
        chain.Records.Count.ShouldBe(DnsReply.MostKept);
        details.Length.ShouldBeLessThan(256 * 1024);
    }

    private static byte[] Changed(byte[] message, int at, byte value)
    {
        var changed = message.ToArray();
        changed[at] = value;
        return changed;
    }
}
