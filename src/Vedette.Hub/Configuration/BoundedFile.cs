using System.Globalization;

namespace Vedette.Hub.Configuration;

/// <summary>Reads files of other people: no more of one than it may hold, and what goes wrong as part of a sentence.</summary>
internal static class BoundedFile
{
    /// <summary>The content, or why there is none: <c>is not there</c>.</summary>
    public static (byte[]? Content, string? Problem) Read(string path, int most)
    {
        try
        {
            // Whoever writes it meanwhile is not kept from it.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return Read(file, most);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, "is not there");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return (null, $"cannot be read: {(Directory.Exists(path) ? "it is a directory" : e.Message.TrimEnd('.'))}");
        }
    }

    /// <summary>The same of what is open.</summary>
    public static (byte[]? Content, string? Problem) Read(Stream stream, int most)
    {
        using var content = new MemoryStream();
        var buffer = new byte[16 << 10];
        while (stream.Read(buffer) is > 0 and var length)
        {
            content.Write(buffer, 0, length);
            if (content.Length > most) return (null, string.Create(CultureInfo.InvariantCulture, $"is larger than {Sizes.Format(most)}"));
        }

        return (content.ToArray(), null);
    }
}
