using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace Vedette.Probes.Dns;

/// <summary>Writes the data of records as zone files and dig do (RFC 1035 section 5.1, and where each type is defined).</summary>
/// <param name="message">The whole message, since names in data may point back into it.</param>
/// <param name="place">The record.</param>
/// <param name="text">Takes it.</param>
internal ref struct RecordText(ReadOnlySpan<byte> message, RecordPlace place, StringBuilder text)
{
    private readonly ReadOnlySpan<byte> message = message[..(place.Data + place.Length)];
    private int at = place.Data;

    private readonly ReadOnlySpan<byte> Rest => message[at..];

    /// <summary>Writes it; false when it is not what its type says it is.</summary>
    public static bool TryWrite(ReadOnlySpan<byte> message, RecordPlace place, StringBuilder text)
    {
        var record = new RecordText(message, place, text);
        return RecordFields.Of(place.Type) is { } fields ? record.TryWriteFields(fields) : record.WriteOpaque();
    }

    private bool TryWriteFields(RecordField[] fields)
    {
        foreach (var field in fields)
        {
            var follows = at > place.Data;
            if (follows) text.Append(' ');
            var before = text.Length;
            if (!TryWrite(field)) return false;
            if (follows && text.Length == before) text.Length--;
        }

        return Rest.IsEmpty;
    }

    private bool TryWrite(RecordField field) => field switch
    {
        RecordField.Number8 => Has(1) && Write(Take(1)[0]),
        RecordField.Number16 => Has(2) && Write(Take16()),
        RecordField.Number32 => Has(4) && Write(Take32()),
        RecordField.Type => Has(2) && Write(DnsTypes.Name(Take16())),
        RecordField.Time => Has(4) && Write(DateTimeOffset.FromUnixTimeSeconds(Take32()).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)),
        RecordField.Address4 => Has(4) && Write(new IPAddress(Take(4)).ToString()),
        RecordField.Address6 => Has(16) && Write(new IPAddress(Take(16)).ToString()),
        RecordField.Name => TryWriteName(),
        RecordField.Text => HasText() && WriteQuoted(TakeText()),
        RecordField.Word => HasText() && WriteEscaped(TakeText()),
        RecordField.Texts => TryWriteTexts(),
        RecordField.RestText => WriteQuoted(Take(Rest.Length)),
        RecordField.RestHex => Write(Convert.ToHexString(Take(Rest.Length))),
        RecordField.RestBase64 => Write(Convert.ToBase64String(Take(Rest.Length))),
        RecordField.Salt => HasText() && WriteSalt(TakeText()),
        RecordField.Hash => HasText() && WriteBase32(TakeText()),
        RecordField.Types => TryWriteTypes(),
        RecordField.Parameters => TryWriteParameters(),
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, null),
    };

    // RFC 3597 section 5.
    private bool WriteOpaque()
    {
        text.Append(CultureInfo.InvariantCulture, $@"\# {place.Length}");
        return place.Length == 0 || Write(" ") && Write(Convert.ToHexString(Rest));
    }

    private bool TryWriteName()
    {
        Span<byte> name = stackalloc byte[DnsNames.Longest];
        var length = DnsNames.Read(message, ref at, name);
        if (length == 0) return false;
        DnsNames.Append(text, name[..length]);
        return true;
    }

    private bool TryWriteTexts()
    {
        for (var first = true; first || !Rest.IsEmpty; first = false)
        {
            if (!HasText()) return false;
            if (!first) text.Append(' ');
            WriteQuoted(TakeText());
        }

        return true;
    }

    // Windows of 256 types: number, length of the bitmap, bitmap with the first type in the highest bit.
    private bool TryWriteTypes()
    {
        var begin = text.Length;
        while (!Rest.IsEmpty)
        {
            if (!Has(2) || Rest[1] is 0 or > 32 || !Has(2 + Rest[1])) return false;
            var window = Take(1)[0] << 8;
            var bitmap = TakeText();
            for (var bit = 0; bit < bitmap.Length * 8; bit++)
                if ((bitmap[bit / 8] & (0x80 >> (bit % 8))) != 0) text.Append(text.Length > begin ? " " : "").Append(DnsTypes.Name((ushort)(window + bit)));
        }

        return true;
    }

    private bool TryWriteParameters()
    {
        for (var first = true; !Rest.IsEmpty; first = false)
        {
            if (!Has(4)) return false;
            var (key, length) = (Take16(), Take16());
            if (!Has(length)) return false;
            if (!first) text.Append(' ');
            if (!ServiceParameter.TryWrite(key, Take(length), text)) return false;
        }

        return true;
    }

    private readonly bool WriteQuoted(ReadOnlySpan<byte> characters)
    {
        text.Append('"');
        WriteEscaped(characters);
        text.Append('"');
        return true;
    }

    private readonly bool WriteEscaped(ReadOnlySpan<byte> characters)
    {
        foreach (var b in characters) CharacterString.Append(text, b);
        return true;
    }

    private readonly bool WriteSalt(ReadOnlySpan<byte> salt) => Write(salt.IsEmpty ? "-" : Convert.ToHexString(salt));

    // RFC 4648 section 7. NSEC3 leaves the padding out.
    private readonly bool WriteBase32(ReadOnlySpan<byte> hash)
    {
        const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
        var (bits, held) = (0, 0);
        foreach (var b in hash)
        {
            (bits, held) = ((bits << 8) | b, held + 8);
            for (; held >= 5; held -= 5) text.Append(Digits[(bits >> (held - 5)) & 31]);
            bits &= (1 << held) - 1;
        }

        if (held > 0) text.Append(Digits[(bits << (5 - held)) & 31]);
        return true;
    }

    private readonly bool Write(uint number)
    {
        text.Append(CultureInfo.InvariantCulture, $"{number}");
        return true;
    }

    private readonly bool Write(string written)
    {
        text.Append(written);
        return true;
    }

    private readonly bool Has(int bytes) => Rest.Length >= bytes;

    private readonly bool HasText() => Has(1) && Has(1 + Rest[0]);

    private ReadOnlySpan<byte> TakeText() => Take(Take(1)[0]);

    private ushort Take16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    private uint Take32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    private ReadOnlySpan<byte> Take(int bytes)
    {
        var taken = message.Slice(at, bytes);
        at += bytes;
        return taken;
    }
}
