using System.Globalization;
using Vedette.State.Sqlite;

namespace Vedette.Cli.Doctor;

/// <summary>Where a hub keeps its data, and what it keeps them with.</summary>
internal static class StorageExamination
{
    // At 200 bytes a result, 1,000 checks every 10 seconds write 1.7 GB a day.
    private const long EnoughSpace = 2L << 30;
    private const long LeastSpace = 100 << 20;

    public static IEnumerable<Finding> Examine(string directory) => [.. Directory(directory), Sqlite(SqliteLibrary.Version)];

    public static Finding Space(string directory, long free) => free switch
    {
        < LeastSpace => Finding.Missing("space", $"{Size(free)} are free for {directory}: a hub stops storing soon", $"df -h {directory}"),
        < EnoughSpace => Finding.Limited("space", $"{Size(free)} are free for {directory}: less than a day of results of 1,000 checks", $"df -h {directory}"),
        _ => Finding.Ok("space", $"{Size(free)} are free for {directory}"),
    };

    private static IEnumerable<Finding> Directory(string directory)
    {
        const string Name = "data directory";
        var nearest = Nearest(directory);
        if (Refusal(nearest) is not { } refusal) yield return Finding.Ok(Name, nearest == directory ? $"{directory} can be written" : $"{directory} can be made");
        else yield return Finding.Missing(Name, $"{nearest} cannot be written ({refusal})", "./vedette up --data DIR");
        yield return Space(nearest, new DriveInfo(nearest).AvailableFreeSpace);
    }

    private static Finding Sqlite(string? version) => version is null
        ? Finding.Missing("SQLite", "libsqlite3.so.0 is not installed: no hub can run", "sudo apt-get install libsqlite3-0")
        : Finding.Ok("SQLite", version);

    private static string Nearest(string directory)
    {
        while (!System.IO.Directory.Exists(directory)) directory = Path.GetDirectoryName(directory)!;
        return directory;
    }

    private static string? Refusal(string directory)
    {
        try
        {
            using var file = new FileStream(
                Path.Combine(directory, $".vedette-{Guid.NewGuid():N}"), new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose });
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return "permission denied";
        }
        catch (IOException e)
        {
            return e.Message.TrimEnd('.');
        }
    }

    private static string Size(long bytes) => bytes >= 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20} MiB");
}
