using Vedette.State.Sqlite;

namespace Vedette.History;

/// <summary>
/// Goes over the results of a check in their order, forwards or backwards. Pieces overlap, so what was read waits until no piece that is left
/// can hold anything before it. When a piece is gone, because it was compacted meanwhile, the rest is looked for anew from the last place on.
/// </summary>
internal sealed class Sweep(DatabaseReads database, PieceReader reader, HistoryQuery query, bool isBackwards, Place? beyond)
{
    private readonly List<Result> waiting = [];
    private Place? beyond = beyond;

    public IEnumerable<Result> Results()
    {
        List<HistoryPiece> pieces;
        do
        {
            waiting.Clear();
            pieces = Pieces();
            var next = 0;
            for (; next < pieces.Count; next++)
            {
                foreach (var result in Take(pieces[next])) yield return result;
                if (!TryRead(pieces[next])) break;
            }

            if (next < pieces.Count) continue;
            foreach (var result in Take(null)) yield return result;
            yield break;
        }
        while (true);
    }

    private List<HistoryPiece> Pieces()
    {
        var from = !isBackwards && beyond is { } last && last.ScheduledAt > query.From ? last.ScheduledAt : query.From;
        var to = isBackwards && beyond is { } first && first.ScheduledAt < query.To ? first.ScheduledAt : query.To;
        var pieces = database.Read(connection => HistoryPiece.Of(connection, query.CheckKey, from, to));
        pieces.Sort(isBackwards ? static (a, b) => b.LastAt.CompareTo(a.LastAt) : static (a, b) => a.FirstAt.CompareTo(b.FirstAt));
        return pieces;
    }

    private bool TryRead(HistoryPiece piece)
    {
        if (reader.Read(piece, query, int.MaxValue) is not { } results) return false;
        if (beyond is { } place) results.RemoveAll(result => !IsBeyond(result, place));
        if (results.Count == 0) return true;
        waiting.AddRange(results);
        waiting.Sort(Place.Compare);
        return true;
    }

    private bool IsBeyond(Result result, Place place) => isBackwards ? Place.Compare(Place.Of(result), place) < 0 : Place.Compare(Place.Of(result), place) > 0;

    // Whatever stands before everything that the next piece can hold; all, when there is none.
    private List<Result> Take(HistoryPiece? next)
    {
        var from = isBackwards ? waiting.FindIndex(result => next is null || Sql.Microseconds(result.ScheduledAt) > next.Value.LastAt) : 0;
        var to = isBackwards ? waiting.Count : waiting.FindIndex(result => next is not null && Sql.Microseconds(result.ScheduledAt) >= next.Value.FirstAt);
        if (to < 0) to = waiting.Count;
        if (from < 0 || from == to) return [];
        var taken = waiting.GetRange(from, to - from);
        waiting.RemoveRange(from, to - from);
        if (isBackwards) taken.Reverse();
        beyond = Place.Of(taken[^1]);
        return taken;
    }
}
