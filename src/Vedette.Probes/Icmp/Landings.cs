namespace Vedette.Probes.Icmp;

/// <summary>Runs that can go on. They do so on the pool, some one after the other: to wake a thread for each costs more than a ping. For one thread.</summary>
internal sealed class Landings
{
    // So few that other threads of the pool can take their share of what goes on.
    private const int MostAtOnce = 32;

    private List<Flight> landed = [];

    public void Add(Flight flight)
    {
        landed.Add(flight);
        if (landed.Count == MostAtOnce) Announce();
    }

    /// <summary>Lets those that were added go on.</summary>
    public void Announce()
    {
        if (landed.Count == 0) return;
        ThreadPool.UnsafeQueueUserWorkItem(static flights => flights.ForEach(static flight => flight.Announce()), landed, preferLocal: false);
        landed = new(MostAtOnce);
    }
}
