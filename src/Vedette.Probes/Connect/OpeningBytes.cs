using System.Text;

namespace Vedette.Probes.Connect;

/// <summary>The first bytes that came, so that a peer which does not speak TLS can be told by what it says instead.</summary>
internal sealed class OpeningBytes
{
    private const int MostKept = 64;

    private readonly byte[] kept = new byte[MostKept];
    private int count;

    /// <summary>Whether anything came at all.</summary>
    public bool None => count == 0;

    // RFC 8446 section 5.1: a record begins with its content type, 20 to 23, and the major version 3.
    public bool AreTls => count > 0 && kept[0] is >= 20 and <= 23 && (count == 1 || kept[1] == 3);

    /// <summary>The first line where it is readable, otherwise the first bytes as hexadecimal digits.</summary>
    public string Quote()
    {
        var line = kept.AsSpan(0, count);
        if (line.IndexOfAny((byte)'\r', (byte)'\n') is var end and >= 0) line = line[..end];
        return line.Length > 0 && !line.ContainsAnyExceptInRange((byte)' ', (byte)'~')
            ? $"'{Encoding.ASCII.GetString(line)}'"
            : $"the bytes {Convert.ToHexStringLower(kept.AsSpan(0, Math.Min(count, 16)))}";
    }

    /// <summary>Keeps of what came as much as is wanted.</summary>
    public void Keep(ReadOnlySpan<byte> came)
    {
        var more = came[..Math.Min(came.Length, MostKept - count)];
        more.CopyTo(kept.AsSpan(count));
        count += more.Length;
    }
}
