namespace Vedette.Agent;

/// <summary>
/// How many runs may begin together: few at first, then ever more while this process keeps up, and half as many each time while it is late. Runs that
/// begin while it is late wait in line with all others until they time out, which costs more than runs that end well and says nothing of their targets.
/// </summary>
internal sealed class Pace
{
    /// <summary>So many may begin however late it is: on a host that is always busy nothing would be watched otherwise.</summary>
    public const int Least = 16;

    /// <summary>So late, several times over, a run of a second may end by its timeout for no other reason.</summary>
    public static readonly TimeSpan Tolerable = TimeSpan.FromMilliseconds(50);

    private const int First = 64;
    private const int Step = 4;

    // More than are ever due together.
    private const int Most = 1_000_000;

    private int most = First;
    private int begun;

    /// <summary>How many may begin now.</summary>
    /// <param name="late">How late this process is.</param>
    public int Next(TimeSpan late) => most = late > Tolerable ? Math.Max(Least, Math.Min(most, begun) / 2) : Math.Min(Most, most + Step);

    /// <summary>So many began.</summary>
    public void Began(int count) => begun = count;
}
