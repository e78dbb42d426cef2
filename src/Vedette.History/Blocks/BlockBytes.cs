using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace Vedette.History;

/// <summary>Gathers the bytes of a block: varints of seven bits a byte, and numbers packed to as many bits as they need, lowest first.</summary>
internal sealed class BlockBytes
{
    private const int BitsOfWord = 64;

    private readonly ArrayBufferWriter<byte> bytes = new(256);

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => bytes.WrittenSpan;

    /// <summary>Begins anew.</summary>
    public void Clear() => bytes.ResetWrittenCount();

    public void Byte(byte value)
    {
        bytes.GetSpan(1)[0] = value;
        bytes.Advance(1);
    }

    public void Raw(ReadOnlySpan<byte> value) => bytes.Write(value);

    public void Varint(ulong value)
    {
        for (; value > 0x7F; value >>= 7) Byte((byte)(value | 0x80));
        Byte((byte)value);
    }

    /// <summary>A number of either sign, small when it is near to zero.</summary>
    public void Signed(long value) => Varint((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>A length and so many bytes.</summary>
    public void Sized(ReadOnlySpan<byte> value)
    {
        Varint((ulong)value.Length);
        Raw(value);
    }

    /// <summary>Numbers below 2^width each.</summary>
    public void Packed(ReadOnlySpan<ulong> values, int width)
    {
        if (width == 0) return;
        ulong word = 0;
        var filled = 0;
        foreach (var value in values)
        {
            word |= value << filled;
            filled += width;
            if (filled < BitsOfWord) continue;
            Word(word, sizeof(ulong));
            filled -= BitsOfWord;
            word = filled == 0 ? 0 : value >> (width - filled);
        }

        if (filled > 0) Word(word, (filled + 7) / 8);
    }

    /// <summary>How many bits a number needs.</summary>
    public static int Width(ulong value) => BitsOfWord - BitOperations.LeadingZeroCount(value);

    private void Word(ulong word, int size)
    {
        Span<byte> all = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(all, word);
        Raw(all[..size]);
    }
}
