using System.Globalization;

namespace Vedette;

/// <summary>
/// What a probe saw in one run, filled in while it goes along, so that a run cut short keeps the phases it reached.
/// One run owns one observation; it is not shared between threads at the same time.
/// </summary>
public sealed class Observation
{
    private readonly List<KeyValuePair<string, double>> phases = new(5);
    private readonly List<KeyValuePair<string, double>> measurements = new(8);
    private readonly List<KeyValuePair<string, string>> attributes = new(4);

    /// <summary>Starts as unknown: a probe that says nothing has measured nothing.</summary>
    public Status Status { get; private set; }

    /// <summary>One of <see cref="Reasons"/>, or null.</summary>
    public string? Reason { get; private set; }

    /// <summary>The reason for people, in a sentence.</summary>
    public string? Message { get; private set; }

    /// <summary>JSON text with what has more shape than a number or a text.</summary>
    public string? Details { get; set; }

    /// <summary>Seconds per phase so far.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Phases => phases;

    /// <summary>Measurements so far.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Measurements => measurements;

    /// <summary>Attributes so far.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Attributes => attributes;

    /// <summary>Ends the run well.</summary>
    public Observation Up() => Conclude(Status.Up, null, null);

    /// <summary>Ends the run with a warning.</summary>
    public Observation Degraded(string reason, string message) => Conclude(Status.Degraded, reason, message);

    /// <summary>Ends the run as failed by the target.</summary>
    public Observation Down(string reason, string message) => Conclude(Status.Down, reason, message);

    /// <summary>Ends the run as not measured.</summary>
    public Observation Unknown(string reason, string message) => Conclude(Status.Unknown, reason, message);

    /// <summary>Adds seconds to a phase; phases that repeat (redirect hops) add up under one name.</summary>
    public void AddPhase(string name, double seconds)
    {
        var index = IndexOf(phases, name);
        if (index < 0) phases.Add(new(name, seconds));
        else phases[index] = new(name, phases[index].Value + seconds);
    }

    /// <summary>Adds a phase.</summary>
    public void AddPhase(string name, TimeSpan duration) => AddPhase(name, duration.TotalSeconds);

    /// <summary>Sets a measurement; the last value given wins.</summary>
    public void Measure(string name, double value) => Set(measurements, name, value);

    /// <summary>Sets an attribute; the last value given wins.</summary>
    public void Describe(string name, string value) => Set(attributes, name, value);

    /// <summary>Records the address probed and its family, which every kind reports alike.</summary>
    public void DescribeAddress(System.Net.IPAddress address)
    {
        Describe("address", address.ToString());
        var family = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? 6 : 4;
        Describe("family", family.ToString(CultureInfo.InvariantCulture));
    }

    // A predicate would be a new object for each of the dozen names of a run.
    private static int IndexOf<T>(List<KeyValuePair<string, T>> list, string name)
    {
        for (var i = 0; i < list.Count; i++)
            if (list[i].Key == name) return i;
        return -1;
    }

    private static void Set<T>(List<KeyValuePair<string, T>> list, string name, T value)
    {
        var index = IndexOf(list, name);
        if (index < 0) list.Add(new(name, value));
        else list[index] = new(name, value);
    }

    private Observation Conclude(Status status, string? reason, string? message)
    {
        (Status, Reason, Message) = (status, reason, message);
        return this;
    }
}
