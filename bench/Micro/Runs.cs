using Vedette;

namespace Micro;

/// <summary>Results as pings give them, each a little different from the one before.</summary>
internal static class Runs
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] Names = [.. Enumerable.Range(0, 1000).Select(i => $"c{i}")];

    /// <summary>One run of each of so many checks.</summary>
    public static List<Result> OfChecks(int count) => [.. Enumerable.Range(0, count).Select(i => Of(i + 1, 0, (ulong)i + 1, i))];

    /// <summary>So many runs of one check, a second apart.</summary>
    public static List<Result> OfCheck(long key, int count, int firstSecond = 0) =>
        [.. Enumerable.Range(firstSecond, count).Select(second => Of(key, second, (ulong)second + 1, second))];

    private static Result Of(long key, int second, ulong seq, int salt)
    {
        var rtt = 0.000_020 + (salt * 7919L % 80_000 * 1e-9);
        return new()
        {
            Check = Names[key % Names.Length],
            CheckKey = key,
            Agent = "local",
            Epoch = "9f86d081884c7d659a2feaa0c55ad015",
            Seq = seq,
            ScheduledAt = Start.AddSeconds(second).AddMilliseconds(key % 1000),
            StartedAt = Start.AddSeconds(second).AddMilliseconds(key % 1000).AddMicroseconds(300 + (salt * 104_729L % 9_000)),
            DurationSeconds = rtt + 0.000_150,
            Status = Status.Up,
            Phases = new(Named("resolve", 0.0), Named("setup", salt % 90 * 1e-8), Named("rtt", rtt)),
            Measurements = new(
                Named("icmp_packets_sent_count", 1.0), Named("icmp_packets_received_count", 1.0), Named("icmp_loss_ratio", 0.0), Named("icmp_late_count", 0.0), Named("icmp_duplicates_count", 0.0),
                Named("icmp_duration_rtt_min_seconds", rtt), Named("icmp_duration_rtt_max_seconds", rtt), Named("icmp_duration_rtt_stddev_seconds", 0.0), Named("icmp_reply_hop_limit", 64.0)),
            Attributes = new(Named("address", $"127.0.0.{key % 250}"), Named("family", "4")),
        };
    }

    private static KeyValuePair<string, T> Named<T>(string name, T value) => new(name, value);
}
