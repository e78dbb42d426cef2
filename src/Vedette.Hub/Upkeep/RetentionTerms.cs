namespace Vedette.Hub.Upkeep;

/// <summary>How much is kept.</summary>
/// <param name="HistoryAge">Results of slots longer ago than this go, at the latest with the last of their block.</param>
/// <param name="DatabaseBytes">While the database holds more than this, the results that came first go.</param>
/// <param name="EventAge">Events longer ago than this go.</param>
/// <param name="MostEvents">How many events are kept at most, the newest of them.</param>
internal sealed record RetentionTerms(TimeSpan HistoryAge, long DatabaseBytes, TimeSpan EventAge, long MostEvents)
{
    /// <summary>A day and about 1 GiB of results, 90 days and a million events.</summary>
    public static readonly RetentionTerms Default = new(TimeSpan.FromDays(1), 1L << 30, TimeSpan.FromDays(90), 1_000_000);
}
