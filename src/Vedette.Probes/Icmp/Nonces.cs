using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Vedette.Probes.Icmp;

/// <summary>Numbers that nobody can guess, taken from the system many at a time: to ask for one costs as much as a good part of a ping.</summary>
internal sealed class Nonces
{
    private const int AtOnce = 128;

    private readonly Lock gate = new();
    private readonly ulong[] drawn = new ulong[AtOnce];
    private int left;

    /// <summary>One that was never given before, as far as chance goes.</summary>
    public ulong Next()
    {
        lock (gate)
        {
            if (left == 0)
            {
                RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(drawn.AsSpan()));
                left = AtOnce;
            }

            return drawn[--left];
        }
    }
}
