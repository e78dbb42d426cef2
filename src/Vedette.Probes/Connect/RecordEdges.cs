namespace Vedette.Probes.Connect;

/// <summary>Where the records of TLS end in a stream of bytes (RFC 8446 section 5.1), so that a connection that is cut within one is not taken for an orderly end.</summary>
internal struct RecordEdges
{
    private const int HeaderSize = 5;

    private int header;
    private int length;
    private int left;

    /// <summary>Whether all that came are whole records.</summary>
    public readonly bool AtEdge => header == 0 && left == 0;

    /// <summary>Follows what came.</summary>
    public void Follow(ReadOnlySpan<byte> came)
    {
        while (!came.IsEmpty)
        {
            if (left == 0)
            {
                FollowHeader(came[0]);
                came = came[1..];
            }

            var part = Math.Min(left, came.Length);
            left -= part;
            came = came[part..];
        }
    }

    // Type and version, and then the length in two bytes.
    private void FollowHeader(byte next)
    {
        length = ((length << 8) | next) & 0xFFFF;
        if (++header < HeaderSize) return;
        (header, left) = (0, length);
    }
}
