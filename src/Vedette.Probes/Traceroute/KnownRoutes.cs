using System.Net;

namespace Vedette.Probes.Traceroute;

/// <summary>
/// The routes that a check has seen, so that one is known again though some of its hops do not answer this time: an unknown hop fits any. A route keeps
/// the number it got when it was first seen.
/// </summary>
internal sealed class KnownRoutes
{
    private const int MostRoutes = 8;

    // A hop that answers from ever new addresses shall not fill the memory.
    private const int MostAddresses = 64;

    // The latest first.
    private readonly List<Route> routes = [];

    /// <summary>The number of a route.</summary>
    /// <param name="hops">Who answered at each distance; none for an unknown one.</param>
    /// <param name="isWhole">It leads to the target; otherwise what lies beyond is unknown.</param>
    public uint Recognize(IReadOnlyList<IReadOnlyList<IPAddress>> hops, bool isWhole)
    {
        var known = routes.Find(route => route.Fits(hops, isWhole));
        if (known is not null) routes.Remove(known);
        else known = new Route(hops, isWhole);
        known.Learn(hops);
        if (isWhole || known.IsWhole) routes.Insert(0, known);
        if (routes.Count > MostRoutes) routes.RemoveAt(MostRoutes);
        return known.Number;
    }

    private sealed class Route(IReadOnlyList<IReadOnlyList<IPAddress>> first, bool isWhole)
    {
        private readonly List<HashSet<IPAddress>> sets = [.. first.Select(hop => hop.ToHashSet())];

        public uint Number { get; } = Hash(first);

        public bool IsWhole => isWhole;

        public bool Fits(IReadOnlyList<IReadOnlyList<IPAddress>> hops, bool theyAreWhole) =>
            (theyAreWhole ? hops.Count == sets.Count : hops.Count <= sets.Count)
            && hops.Zip(sets).All(pair => pair.First.Count == 0 || pair.Second.Count == 0 || pair.Second.Overlaps(pair.First));

        public void Learn(IReadOnlyList<IReadOnlyList<IPAddress>> hops)
        {
            foreach (var (hop, set) in hops.Zip(sets))
                if (set.Count < MostAddresses) set.UnionWith(hop);
        }

        private static uint Hash(IReadOnlyList<IReadOnlyList<IPAddress>> hops) =>
            Fnv.Hash(string.Join(' ', hops.Select((hop, index) => $"{index + 1}={string.Join(',', hop.Select(address => address.ToString()).Order(StringComparer.Ordinal))}")));
    }
}
