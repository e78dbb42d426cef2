using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Vedette.Probes.Dns;

namespace Vedette.Probes.Tests.Dns;

public sealed class RecordTextTests
{
    // Data and its text. What BIND and dig print of a whole zone is compared in tests/Interop.
    public static readonly TheoryData<string, string, string> Known = new()
    {
        { "A", "C0000201", "192.0.2.1" },
        { "AAAA", "20010DB8000000000000000000000001", "2001:db8::1" },
        { "CNAME", "0161 00", "a." },
        { "MX", "000A 046D61696C 00", "10 mail." },
        { "TXT", "05 61205C2262 00 02 C3BC", """
            "a \\\"b" "" "\195\188"
            """ },
        { "SRV", "000A 0014 13C4 00", "10 20 5060 ." },
        { "CAA", "80 05 6973737565 6361", """128 issue "ca" """ },
        { "DS", "3039 0D 02 0102FF", "12345 13 2 0102FF" },
        { "DNSKEY", "0101 03 0D 0102FF", "257 3 13 AQL/" },
        { "RRSIG", "0001 0D 02 0000012C 67748580 67748580 3039 00 FF", "A 13 2 300 20250101000000 20250101000000 12345 . /w==" },
        { "NSEC", "00 0006 400000000003", ". A RRSIG NSEC" },
        { "NSEC", "00 0101 40", ". CAA" },
        { "NSEC", "00", "." },
        { "NSEC3", "01 00 000A 00 05 0102030405 0001 40", "1 0 10 - 04106105 A" },
        { "NSEC3PARAM", "01 00 000A 02 AABB", "1 0 10 AABB" },
        { "HTTPS", "0001 00 0001 0006 026832 026833 0003 0002 20FB", """1 . alpn="h2,h3" port=8443""" },
        { "HTTPS", "0001 00 0001 0004 03 612C5C", """1 . alpn="a\\,\\\\" """ },
        { "SVCB", "0000 0161 00", "0 a." },
        { "URI", "000A 0001 6674703A", """10 1 "ftp:" """ },
        { "TYPE65280", "0A000001", @"\# 4 0A000001" },
        { "TYPE65280", "", @"\# 0" },
    };

    private static readonly TheoryData<string, string> Wrong = new()
    {
        { "A", "C00002" },
        { "A", "C000020101" },
        { "AAAA", "" },
        { "MX", "000A" },
        { "MX", "000A 00 00" },
        { "TXT", "" },
        { "TXT", "05 61" },
        { "NSEC", "00 0000" },
        { "NSEC", "00 0021" },
        { "HTTPS", "0001 00 0003 0004 20FB20FB" },
        { "HTTPS", "0001 00 0002 0001 00" },
        { "HTTPS", "0001 00 0001 0002 0268" },
        { "HTTPS", "0001 00 0004 0003 C00002" },
        { "HTTPS", "0001 00 0003" },
        { "SOA", "00 00 00000000" },
    };

    public static TheoryData<string, string> WrongData => Wrong;

    [Theory]
    [MemberData(nameof(Known))]
    public void Data_is_written_as_in_zone_files(string type, string hex, string text) => Write(type, Bytes(hex)).ShouldBe(text.Trim());

    [Theory]
    [MemberData(nameof(WrongData))]
    public void Data_that_is_not_what_its_type_says_is_refused(string type, string hex) => Write(type, Bytes(hex)).ShouldBeNull();

    [Fact]
    public void Data_cut_at_any_byte_is_refused_or_other_data()
    {
        foreach (var known in Known)
        {
            var (type, hex, _) = known.Data;
            var whole = Bytes(hex);
            for (var length = 0; length < whole.Length; length++)
                Write(type, whole[..length]).ShouldNotBe(Write(type, whole), $"{type} of {length} bytes");
        }
    }

    [Fact]
    public void Any_data_of_any_type_is_written_in_printable_ascii_or_refused() =>
        Prop.ForAll<ushort, byte[]>((type, data) =>
        {
            var known = DnsTypes.Name((ushort)(type % 258));
            return Write(known, data) is not { } text || text.All(c => c is >= ' ' and <= '~');
        }).QuickCheckThrowOnFailure();

    private static string? Write(string type, byte[] data)
    {
        // Bytes behind the record, which belong to no one's data.
        byte[] message = [.. new byte[12], .. data, 1, 2, 3, 0];
        var text = new StringBuilder();
        var place = new RecordPlace(0, DnsTypes.Number(type)!.Value, 1, 0, 12, data.Length);
        return RecordText.TryWrite(message, place, text) ? text.ToString() : null;
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
