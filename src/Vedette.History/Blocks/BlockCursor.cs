using System.Buffers.Binary;

namespace Vedette.History;

/// <summary>Reads what <see cref="BlockBytes"/> wrote.</summary>
/// <exception cref="InvalidDataException">Of every method: the bytes end too early, or are none that were written.</exception>
internal ref struct BlockCursor(ReadOnlySpan<byte> bytes)
{
    private const int LongestVarint = 10;
    private const int BitsOfWord = 64;

    private readonly ReadOnlySpan<byte> bytes = bytes;
    private int at;

    public readonly bool AtEnd => at == bytes.Length;

    public byte Byte() => Raw(1)[0];

    public ReadOnlySpan<byte> Raw(int length)
    {
        if (length < 0 || length > bytes.Length - at) throw new InvalidDataException("a block ends too early");
        at += length;
        return bytes.Slice(at - length, length);
    }

    public ulong Varint()
    {
        ulong value = 0;
        for (var i = 0; i < LongestVarint; i++)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80) return value;
        }

        throw new InvalidDataException("a number of a block does not end");
    }

    public long Signed()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A number that counts something of which each takes room; so it is never larger than the block.</summary>
    public int Count(int most)
    {
        var count = Varint();
        return count <= (ulong)most ? (int)count : throw new InvalidDataException("a number of a block is too large");
    }

    /// <summary>A length and so many bytes.</summary>
    public ReadOnlySpan<byte> Sized() => Raw(Count(bytes.Length));

    public void Packed(scoped Span<ulong> values, int width)
    {
        if (width == 0)
        {
            values.Clear();
            return;
        }

        var packed = Raw((int)(((long)values.Length * width + 7) / 8));
        var mask = width == BitsOfWord ? ulong.MaxValue : (1UL << width) - 1;
        ulong word = 0;
        var left = 0;
        for (var i = 0; i < values.Length; i++)
        {
            var value = word;
            if (left < width)
            {
                word = Word(ref packed);
                value |= word << left;
                var taken = width - left;
                word = taken == BitsOfWord ? 0 : word >> taken;
                left = BitsOfWord - taken;
            }
            else
            {
                word = width == BitsOfWord ? 0 : word >> width;
                left -= width;
            }

            values[i] = value & mask;
        }
    }

    private static ulong Word(ref ReadOnlySpan<byte> packed)
    {
        if (packed.Length >= sizeof(ulong))
        {
            var whole = BinaryPrimitives.ReadUInt64LittleEndian(packed);
            packed = packed[sizeof(ulong)..];
            return whole;
        }

        Span<byte> last = stackalloc byte[sizeof(ulong)];
        last.Clear();
        packed.CopyTo(last);
        packed = default;
        return BinaryPrimitives.ReadUInt64LittleEndian(last);
    }
}
