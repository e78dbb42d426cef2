namespace Vedette.Metrics;

/// <summary>Reads a small file of <c>/proc</c> without a stream or a string.</summary>
internal static class ProcFile
{
    /// <summary>Room for any of the files read here: each is well under a page.</summary>
    public const int Enough = 4096;

    /// <summary>Its content, cut to the buffer; empty when it cannot be read.</summary>
    public static ReadOnlySpan<byte> Read(string path, Span<byte> buffer)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return buffer[..RandomAccess.Read(file, buffer, 0)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }
}
