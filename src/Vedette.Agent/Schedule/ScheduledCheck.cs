namespace Vedette.Agent;

/// <summary>A check and its next slot, and the arithmetic of the slots it passes. It has no clock and no lock: those are its owner's.</summary>
/// <param name="key">The hub's number for it.</param>
/// <param name="bound">What is run.</param>
internal sealed class ScheduledCheck(long key, BoundCheck bound)
{
    // A first run off the grid is worth its while only when the grid would keep a person waiting.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly Grid grid = new(bound.Check.Id, bound.Check.Interval);
    private DateTimeOffset newest = DateTimeOffset.MinValue;

    public long Key => key;

    public BoundCheck Bound => bound;

    /// <summary>The slot to come.</summary>
    public DateTimeOffset Slot { get; private set; }

    /// <summary>A slot that came while a run was going on, and is run when that ends.</summary>
    public DateTimeOffset? Waiting { get; set; }

    /// <summary>Plans the first run: at its next slot on the grid when that is soon, else early. Tells whether it is early.</summary>
    public bool PlanFirst(DateTimeOffset now, DateTimeOffset early)
    {
        Slot = grid.After(now);
        if (Slot - early <= Soon) return false;
        Slot = early;
        return true;
    }

    /// <summary>Moves to the slot after now, which is not before <see cref="Slot"/>.</summary>
    /// <returns>The newest slot that came, and how many came before it and were passed over.</returns>
    public (DateTimeOffset Newest, long Passed) Advance(DateTimeOffset now)
    {
        var next = grid.After(now);
        var passed = (next - grid.After(Slot)).Ticks / bound.Check.Interval.Ticks;
        newest = passed == 0 ? Slot : next - bound.Check.Interval;
        Slot = next;
        return (newest, passed);
    }

    /// <summary>Plans again after the wall clock was set back. A slot that came is not given twice, unless the clock lies more than an interval before it.</summary>
    public void Replan(DateTimeOffset now)
    {
        var next = grid.After(newest > now && newest - now <= bound.Check.Interval ? newest : now);
        if (next < Slot) Slot = next;
    }
}
