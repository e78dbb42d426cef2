using System.Buffers.Binary;
using System.Numerics;

namespace Vedette.History;

/// <summary>CRC-32C (RFC 3720 section 12.1), which tells that bits of what is stored have changed.</summary>
internal static class Checksum
{
    /// <summary>Of some bytes; what belongs elsewhere has another seed and does not match.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes, long seed)
    {
        var checksum = BitOperations.Crc32C(uint.MaxValue, (ulong)seed);
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..]) checksum = BitOperations.Crc32C(checksum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var value in bytes) checksum = BitOperations.Crc32C(checksum, value);
        return ~checksum;
    }
}
