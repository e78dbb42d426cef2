using System.Buffers.Binary;

namespace Vedette.Probes.Icmp;

/// <summary>
/// The data of an echo request: a random nonce of eight bytes and what follows from it, so that a reply can be compared to the last byte
/// (RFC 792: the data received must be returned) without keeping the request.
/// </summary>
internal static class EchoPayload
{
    public const int NonceSize = sizeof(ulong);

    public static void Write(Span<byte> payload, ulong nonce)
    {
        var state = nonce;
        for (; payload.Length >= sizeof(ulong); payload = payload[sizeof(ulong)..])
        {
            BinaryPrimitives.WriteUInt64LittleEndian(payload, state);
            state = Next(state);
        }

        for (var i = 0; i < payload.Length; i++) payload[i] = (byte)(state >> (8 * i));
    }

    public static bool Matches(ReadOnlySpan<byte> payload, ulong nonce, int size)
    {
        if (payload.Length != size) return false;
        var state = nonce;
        for (; payload.Length >= sizeof(ulong); payload = payload[sizeof(ulong)..])
        {
            if (BinaryPrimitives.ReadUInt64LittleEndian(payload) != state) return false;
            state = Next(state);
        }

        for (var i = 0; i < payload.Length; i++)
            if (payload[i] != (byte)(state >> (8 * i))) return false;
        return true;
    }

    /// <summary>The nonce at the beginning of a payload; null when it is cut before its end.</summary>
    public static ulong? Nonce(ReadOnlySpan<byte> payload) => payload.Length < NonceSize ? null : BinaryPrimitives.ReadUInt64LittleEndian(payload);

    // Marsaglia's xorshift64: every word differs from the one before, so that a peer that shifts or repeats data is found out. Zero would stay zero.
    private static ulong Next(ulong state)
    {
        state = state == 0 ? 1 : state;
        state ^= state << 13;
        state ^= state >> 7;
        return state ^ (state << 17);
    }
}
