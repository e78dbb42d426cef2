using System.Collections.Immutable;

namespace Vedette.Cli.Top;

/// <summary>How many runs came in a second, over the latest whole seconds.</summary>
/// <param name="Second">The second that is counted now, since the Unix epoch; 0 before the first.</param>
/// <param name="Current">How many came in it.</param>
/// <param name="Whole">How many came in each whole second before it, newest first.</param>
internal sealed record RunRate(long Second, int Current, ImmutableArray<int> Whole)
{
    private const int Seconds = 10;

    public static readonly RunRate None = new(0, 0, []);

    /// <summary>Runs a second; null before a whole second was counted.</summary>
    public double? PerSecond => Whole.IsEmpty ? null : Whole.Average();

    /// <summary>With so many more runs.</summary>
    public RunRate Add(int runs) => runs == 0 ? this : this with { Current = Current + runs };

    /// <summary>At a time: seconds that have gone are whole. What came before the first one was counted is left out, because that one was none.</summary>
    public RunRate At(DateTimeOffset now)
    {
        var second = now.ToUnixTimeSeconds();
        if (second == Second) return this;
        // A clock that is set begins anew.
        if (Second == 0 || second < Second || second - Second > Seconds) return new(second, 0, Second == 0 ? [] : [0]);
        return new(second, 0, [.. Enumerable.Repeat(0, (int)(second - Second) - 1).Append(Current).Concat(Whole).Take(Seconds)]);
    }
}
