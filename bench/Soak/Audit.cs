using System.Net.Http.Json;
using System.Text.Json;
using Vedette;

namespace Soak;

/// <summary>Reads everything back and compares it with what was told, what the oracle answered, and the grid.</summary>
internal sealed class Audit(HttpClient api, Ledger ledger, TimeSpan interval)
{
    /// <summary>How many results there are.</summary>
    public long Results { get; private set; }

    /// <summary>How many slots are told to be gaps.</summary>
    public long Gaps { get; private set; }

    /// <summary>What is wrong with a check.</summary>
    public async Task<List<string>> OfAsync(Answers answers)
    {
        var (problems, slots) = (new List<string>(), new List<DateTimeOffset>());
        var (up, down) = (0L, 0L);
        await using var json = await api.GetStreamAsync(new Uri($"api/v1/checks/{answers.Check}/results?from=2000-01-01T00:00:00Z", UriKind.Relative));
        await foreach (var result in JsonSerializer.DeserializeAsyncEnumerable(json, ApiJson.Readable.Result))
        {
            if (!ledger.Find(result!.Epoch!, result.Seq)) problems.Add($"{answers.Check}: result {result.Seq} of {result.Epoch} is there twice");
            slots.Add(result.ScheduledAt);
            (up, down) = (up + (result.Status == Status.Up ? 1 : 0), down + (result.Status == Status.Down ? 1 : 0));
        }

        var gaps = await api.GetFromJsonAsync($"api/v1/checks/{answers.Check}/gaps?from=2000-01-01T00:00:00Z", ApiJson.Readable.IReadOnlyListGap);
        var absent = gaps!.Sum(gap => gap.Slots);
        (Results, Gaps) = (Results + slots.Count, Gaps + absent);
        problems.AddRange(Compare(answers.Check, slots, gaps!));
        if (up > answers.Good) problems.Add($"{answers.Check}: {up} runs are up and {answers.Good} good answers were given");
        if (down > answers.Bad) problems.Add($"{answers.Check}: {down} runs are down and {answers.Bad} bad answers were given");
        var unaccounted = answers.Good + answers.Bad - slots.Count - absent;
        if (unaccounted > 0) problems.Add($"{answers.Check}: {unaccounted} answers belong to no result and to no gap");
        return problems;
    }

    private IEnumerable<string> Compare(string check, List<DateTimeOffset> slots, IReadOnlyList<Gap> gaps)
    {
        if (slots.Count == 0) yield return $"{check}: there are no results";
        foreach (var slot in slots.GroupBy(slot => slot).Where(same => same.Count() > 1)) yield return $"{check}: slot {slot.Key:O} has {slot.Count()} results";
        var missing = slots.Zip(slots.Skip(1)).SelectMany(pair => Between(pair.First, pair.Second)).ToHashSet();
        var told = gaps.SelectMany(gap => Enumerable.Range(0, (int)gap.Slots).Select(i => gap.From + (i * interval))).ToList();
        foreach (var slot in missing.Except(told)) yield return $"{check}: slot {slot:O} has no result and is in no gap";
        foreach (var slot in told.Where(slot => !missing.Contains(slot))) yield return $"{check}: slot {slot:O} is told to be a gap and is none";
        foreach (var slot in told.GroupBy(slot => slot).Where(same => same.Count() > 1)) yield return $"{check}: slot {slot.Key:O} is in {slot.Count()} gaps";
    }

    private IEnumerable<DateTimeOffset> Between(DateTimeOffset first, DateTimeOffset second)
    {
        for (var slot = first + interval; slot < second; slot += interval) yield return slot;
    }
}
