using System.Net;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Vedette.Probes.Dns;

namespace Vedette.Probes.Tests.Dns;

public sealed class DnsNamesTests
{
    [Theory]
    [InlineData("example.org", "example.org.")]
    [InlineData("Example.ORG.", "Example.ORG.")]
    [InlineData(".", ".")]
    [InlineData("org", "org.")]
    [InlineData("_dmarc.example.org", "_dmarc.example.org.")]
    [InlineData("*.example.org", "*.example.org.")]
    [InlineData("0/25.2.0.192.in-addr.arpa", "0/25.2.0.192.in-addr.arpa.")]
    [InlineData("bücher.example", "xn--bcher-kva.example.")]
    [InlineData("BÜCHER.example", "xn--bcher-kva.example.")]
    [InlineData("東京。jp", "xn--1lqs71d.jp.")]
    [InlineData(@"keeper\.one.zoo.test", @"keeper\.one.zoo.test.")]
    [InlineData(@"a\032b\200.test", @"a\032b\200.test.")]
    public void A_name_is_read_as_people_type_it_and_written_as_zone_files_do(string typed, string written)
    {
        var name = DnsNames.Parse(typed, out var problem);
        problem.ShouldBeNull();
        DnsNames.ToText(name.ShouldNotBeNull()).ShouldBe(written);
    }

    [Theory]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("..")]
    [InlineData("a b")]
    [InlineData("a\tb")]
    [InlineData(@"a\")]
    [InlineData(@"a\25")]
    [InlineData(@"a\256")]
    [InlineData("a@b")]
    [InlineData("a;b")]
    [InlineData("übe r.example")]
    public void What_is_no_name_is_refused_in_a_sentence(string typed)
    {
        DnsNames.Parse(typed, out var problem).ShouldBeNull();
        problem.ShouldNotBeNull().ShouldContain(typed);
    }

    [Fact]
    public void A_label_has_63_characters_and_a_name_253_at_most()
    {
        DnsNames.Parse(new string('a', 63), out _).ShouldNotBeNull();
        DnsNames.Parse(new string('a', 64), out _).ShouldBeNull();
        var longest = string.Join('.', Enumerable.Repeat(new string('a', 63), 3)) + '.' + new string('b', 61);
        longest.Length.ShouldBe(253);
        DnsNames.Parse(longest, out _).ShouldNotBeNull().Length.ShouldBe(DnsNames.Longest);
        DnsNames.Parse(longest + 'b', out _).ShouldBeNull();
        DnsNames.Parse(new string('ü', 64), out _).ShouldBeNull();
    }

    [Theory]
    [InlineData("192.0.2.1", "1.2.0.192.in-addr.arpa.")]
    [InlineData("2001:db8::567:89ab", "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.")]
    public void An_address_has_a_name_to_be_looked_up_backwards(string address, string name) => DnsNames.Reverse(IPAddress.Parse(address)).ShouldBe(name);

    [Fact]
    public void A_pointer_is_followed_and_reading_goes_on_behind_it()
    {
        byte[] message = [.. new byte[12], .. Answers.Name("zoo.test"), 3, (byte)'w', (byte)'w', (byte)'w', 0xC0, 12, 0xFF];
        var at = 22;
        Read(message, ref at).ShouldBe("www.zoo.test.");
        at.ShouldBe(message.Length - 1);
    }

    [Theory]
    [InlineData("C00C", 12)] // at itself
    [InlineData("C00E C00C", 12)] // at each other
    [InlineData("0161 C00C", 12)] // at the beginning of its own name
    [InlineData("C010 0000 00", 12)] // forwards
    [InlineData("C000", 12)] // into the header
    [InlineData("C0", 12)] // cut
    [InlineData("0561", 12)] // out of the message
    [InlineData("0161", 12)] // without an end
    [InlineData("4161 00", 12)] // a kind of label that does not exist
    [InlineData("8161 00", 12)]
    public void A_name_that_does_not_end_within_its_message_is_none(string hex, int at)
    {
        byte[] message = [.. new byte[12], .. Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))];
        Read(message, ref at).ShouldBeNull();
    }

    [Fact]
    public void Pointers_may_not_add_up_to_a_name_that_is_too_long_nor_jump_for_ever()
    {
        // 63 letters, and again and again 63 letters with a pointer to what was before.
        byte[] longer = [.. new byte[12], .. Enumerable.Range(0, 5).SelectMany(i => (byte[])[63, .. Encoding.ASCII.GetBytes(new string('a', 63)), .. i == 0 ? (byte[])[0] : [0xC0, (byte)(12 + (i == 1 ? 0 : 65 + ((i - 2) * 66)))]])];
        var at = 12 + 65 + 66;
        Read(longer, ref at).ShouldNotBeNull().Length.ShouldBe(192);
        at = 12 + 65 + 66 + 66 + 66;
        Read(longer, ref at).ShouldBeNull();

        byte[] ladder = [.. new byte[12], 0, 0, .. Enumerable.Range(0, 1000).SelectMany(i => (byte[])[(byte)(0xC0 | ((12 + (i * 2)) >> 8)), (byte)(12 + (i * 2))])];
        at = 14 + (2 * 100);
        Read(ladder, ref at).ShouldBe(".");
        at = 14 + (2 * 900);
        Read(ladder, ref at).ShouldBeNull();
    }

    [Fact]
    public void A_name_cut_at_any_byte_is_none()
    {
        byte[] whole = [.. new byte[12], .. Answers.Name("www.zoo.test")];
        for (var length = 12; length < whole.Length; length++)
        {
            var at = 12;
            Read(whole[..length], ref at).ShouldBeNull();
        }
    }

    [Fact]
    public void Case_does_not_matter_and_only_that_of_letters()
    {
        DnsNames.AreSame(Answers.Name("ExAmple.org"), Answers.Name("eXample.ORG")).ShouldBeTrue();
        DnsNames.AreSame(Answers.Name(@"a\@.org"), Answers.Name("a`.org")).ShouldBeFalse();
        DnsNames.AreSame(Answers.Name(@"a\219.org"), Answers.Name(@"a\251.org")).ShouldBeFalse();
        DnsNames.AreSame(Answers.Name("a.org"), Answers.Name("aa.org")).ShouldBeFalse();
    }

    [Fact]
    public void Any_name_that_a_message_can_hold_is_written_so_that_it_reads_back() =>
        Prop.ForAll<byte[][]>(labels =>
        {
            byte[] name = [.. labels.Where(label => label.Length is > 0 and <= 63).Take(4).SelectMany(label => (byte[])[(byte)label.Length, .. label]), 0];
            if (name.Length > DnsNames.Longest) return true;
            return DnsNames.Parse(DnsNames.ToText(name), out _) is { } back && back.SequenceEqual(name);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_bytes_are_a_name_or_none_and_never_more_than_that() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            byte[] message = [.. new byte[12], .. bytes];
            for (var from = 12; from <= message.Length; from++)
            {
                var at = from;
                Read(message, ref at);
                if (at > message.Length || at < from) return false;
            }

            return true;
        }).QuickCheckThrowOnFailure();

    private static string? Read(byte[] message, ref int at)
    {
        var name = new byte[DnsNames.Longest];
        var length = DnsNames.Read(message, ref at, name);
        return length == 0 ? null : DnsNames.ToText(name.AsSpan(0, length));
    }
}
