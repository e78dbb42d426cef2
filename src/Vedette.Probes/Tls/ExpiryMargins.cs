using System.Globalization;
using Vedette.Probes.Connect;

namespace Vedette.Probes.Tls;

/// <summary>How much of a certificate's time may be left before people hear of it. Without values they follow its lifetime, since one that lives for six days never has thirty left.</summary>
/// <param name="Warn">Degraded below this.</param>
/// <param name="Critical">Down below this.</param>
internal sealed record ExpiryMargins(TimeSpan? Warn, TimeSpan? Critical)
{
    private static readonly TimeSpan MostToWarn = TimeSpan.FromDays(30);
    private static readonly TimeSpan MostToFail = TimeSpan.FromDays(7);

    /// <summary>Judges the chain by whichever of its certificates is worst off.</summary>
    public Property Judge(UsedChain chain, DateTimeOffset now)
    {
        var first = chain.First;
        var what = $"{first.Name} first, on {first.Until:yyyy-MM-dd HH:mm} UTC, {Left(first, now)}";
        var worst = chain.Links.OrderBy(link => link.Until).Select(link => Judge(link, now)).OfType<Failure>().ToList();
        return worst.Count == 0 ? new("expiry", what) : new("expiry", what, worst.Find(failure => failure.Status == Status.Down) is { Reason: not null } down ? down : worst[0]);
    }

    private Failure? Judge(ChainLink link, DateTimeOffset now)
    {
        var left = link.Until - now.UtcDateTime;
        var (warn, critical) = (Warn ?? Least(MostToWarn, link.Lifetime / 3), Critical ?? Least(MostToFail, link.Lifetime / 6));
        if (left < critical) return new(Status.Down, Reasons.CertExpiresSoon, Sentence(link, now, critical, "criticalLeft"));
        return left < warn ? new(Status.Degraded, Reasons.CertExpiresSoon, Sentence(link, now, warn, "warnLeft")) : null;
    }

    private static string Sentence(ChainLink link, DateTimeOffset now, TimeSpan margin, string option) => link.Until < now.UtcDateTime
        ? $"the certificate of {link.Name} expired on {link.Until:yyyy-MM-dd HH:mm} UTC"
        : $"the certificate of {link.Name} expires on {link.Until:yyyy-MM-dd HH:mm} UTC: {Left(link, now)}, less than {Days(margin)} ({option})";

    private static string Left(ChainLink link, DateTimeOffset now) =>
        link.Until < now.UtcDateTime ? $"{Days(now.UtcDateTime - link.Until)} ago" : $"{Days(link.Until - now.UtcDateTime)} left";

    private static string Days(TimeSpan span) => span.TotalDays >= 2
        ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0.#} days")
        : string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.#} hours");

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
