using System.Diagnostics;
using System.Globalization;

namespace Fuzz;

/// <summary>What became of one reader.</summary>
internal sealed record Report(string Name, long Inputs, TimeSpan Slowest, string? Failure)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Name,-28} {Inputs,12:#,0} inputs  slowest {Slowest.TotalMilliseconds,7:0.00} ms  {(Failure is null ? "0 crashes" : $"CRASHED\n{Failure}")}");
}

/// <summary>Feeds inputs to one reader until the time is over or one breaks it.</summary>
internal sealed class Session(Reader reader, int seed)
{
    private static readonly TimeSpan TooLong = TimeSpan.FromSeconds(1);

    private readonly Mutator mutator = new(reader.Samples, seed);

    public async Task<Report> RunAsync(TimeSpan span)
    {
        var (start, slowest) = (Stopwatch.GetTimestamp(), TimeSpan.Zero);
        for (var count = 0L; ; count++)
        {
            var began = Stopwatch.GetTimestamp();
            if (Stopwatch.GetElapsedTime(start, began) >= span) return new(reader.Name, count, slowest, null);
            var input = mutator.Next();
            try
            {
                await reader.ReadAsync(input);
            }
            catch (Exception bug)
            {
                return new(reader.Name, count, slowest, $"{bug}\n{Convert.ToHexString(input)}");
            }

            var took = Stopwatch.GetElapsedTime(began);
            if (took > slowest) slowest = took;
            if (took > TooLong) return new(reader.Name, count, slowest, $"it took {took.TotalSeconds:0.0} s\n{Convert.ToHexString(input)}");
        }
    }
}
