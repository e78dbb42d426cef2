namespace Vedette.Linux.Host;

/// <summary>Files in which the system tells of itself.</summary>
internal static class ProcFile
{
    /// <summary>The lines of a file; none where the host does not have it or does not show it, since it then has no such thing to tell.</summary>
    public static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
