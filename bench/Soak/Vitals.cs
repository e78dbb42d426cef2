using System.Globalization;

namespace Soak;

/// <summary>What a process holds, second by second, and whether that grows.</summary>
internal sealed class Vitals
{
    private const double Growth = 1.2;
    private const int MoreMebibytes = 16;

    // As many connections may be on their way at one moment and not at another.
    private const int MoreDescriptors = Oracle.Addresses;

    private readonly List<(int Mebibytes, int Descriptors)> samples = [];

    /// <summary>Looks at the process; nothing is noted when it is gone.</summary>
    public void Look(int process)
    {
        try
        {
            var resident = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal));
            var kibibytes = int.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
            samples.Add((kibibytes / 1024, Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count()));
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return;
        }
    }

    /// <summary>After a third of the time, when everything has run, and at the end.</summary>
    public override string ToString() => $"{Early.Mebibytes} to {Late.Mebibytes} MiB, {Early.Descriptors} to {Late.Descriptors} file descriptors";

    /// <summary>What grew.</summary>
    public IEnumerable<string> Problems()
    {
        if (Late.Mebibytes > (Early.Mebibytes * Growth) + MoreMebibytes) yield return $"memory grew: {this}";
        if (Late.Descriptors > Early.Descriptors + MoreDescriptors) yield return $"file descriptors grew: {this}";
    }

    private (int Mebibytes, int Descriptors) Early => Median(samples[(samples.Count / 3)..((samples.Count / 2) + 1)]);

    private (int Mebibytes, int Descriptors) Late => Median(samples[(samples.Count * 5 / 6)..]);

    private static (int Mebibytes, int Descriptors) Median(List<(int Mebibytes, int Descriptors)> some) =>
        (some.Select(sample => sample.Mebibytes).Order().ElementAt(some.Count / 2), some.Select(sample => sample.Descriptors).Order().ElementAt(some.Count / 2));
}
