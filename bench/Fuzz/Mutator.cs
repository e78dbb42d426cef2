using System.Buffers.Binary;

namespace Fuzz;

/// <summary>Makes inputs from samples: a few changes each, of the kinds that break readers.</summary>
internal sealed class Mutator(byte[][] samples, int seed)
{
    private const int Longest = 70_000;
    private const int MostChanges = 6;

    private static readonly ushort[] Borders = [0, 1, 2, 4, 0x7F, 0x80, 0xC0, 0xFF, 0x100, 0x1FF, 0x7FFF, 0x8000, 0xC00C, 0xFFFF];

    private readonly Random random = new(seed);

    public byte[] Next()
    {
        var input = new List<byte>(Sample());
        for (var changes = random.Next(MostChanges); changes >= 0; changes--) Change(input);
        return [.. input.Take(Longest)];
    }

    private byte[] Sample() => samples[random.Next(samples.Length)];

    private void Change(List<byte> input)
    {
        var at = random.Next(input.Count + 1);
        switch (random.Next(9))
        {
            case 0 when at < input.Count:
                input[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < input.Count:
                input[at] = (byte)random.Next(256);
                break;
            case 2 when at + 1 < input.Count:
                WriteBorder(input, at);
                break;
            case 3:
                input.RemoveRange(at, Math.Min(random.Next(1, 16), input.Count - at));
                break;
            case 4:
                input.RemoveRange(at, input.Count - at);
                break;
            case 5:
                input.InsertRange(at, Noise(random.Next(1, 32)));
                break;
            case 6:
                // Again what is there already: records, labels, fields that repeat.
                input.InsertRange(at, input.GetRange(at, Math.Min(random.Next(1, 64), input.Count - at)));
                break;
            case 7:
                var other = Sample();
                input.RemoveRange(at, input.Count - at);
                input.AddRange(other[Math.Min(at, other.Length)..]);
                break;
            case 8:
                for (var times = random.Next(1, 200); times > 0 && input.Count < Longest; times--) input.Insert(at, (byte)times);
                break;
            default:
                input.Add((byte)random.Next(256));
                break;
        }
    }

    private void WriteBorder(List<byte> input, int at)
    {
        Span<byte> border = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(border, Borders[random.Next(Borders.Length)]);
        (input[at], input[at + 1]) = (border[0], border[1]);
    }

    private byte[] Noise(int length)
    {
        var noise = new byte[length];
        random.NextBytes(noise);
        return noise;
    }
}
