using System.Diagnostics.Metrics;
using System.Numerics;

namespace Vedette.Metrics;

/// <summary>
/// Listens to meters of this process and holds what they have measured since, one family for each name, whichever meters it comes from.
/// A family goes with the last instrument that feeds it.
/// </summary>
public sealed class MeterReading : IDisposable
{
    private readonly string[] meters;
    private readonly int mostSeries;
    private readonly MeterListener listener = new();
    private readonly Lock scrape = new();

    // Apart from the lock of a scrape, which is held while observers run, because an observer may make an instrument.
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, InstrumentFamily> families = new(StringComparer.Ordinal);
    private readonly HashSet<string> taken = [];
    private int refused;
    private long failures;

    /// <summary>Begins to listen.</summary>
    /// <param name="meters">Names of meters; <c>Vedette</c> also takes in <c>Vedette.Agent</c>.</param>
    /// <param name="mostSeries">For each family; measurements under further sets of labels are dropped and counted.</param>
    public MeterReading(IEnumerable<string> meters, int mostSeries = 1000)
    {
        this.meters = [.. meters];
        this.mostSeries = mostSeries;
        listener.InstrumentPublished = Publish;
        listener.MeasurementsCompleted = (_, family) => Complete((InstrumentFamily)family!);
        Hear<byte>();
        Hear<short>();
        Hear<int>();
        Hear<long>();
        Hear<float>();
        Hear<double>();
        Hear<decimal>();
        listener.Start();
    }

    /// <summary>Asks the observable instruments, and writes every family, then what this reading knows of itself.</summary>
    public void WriteTo(MetricsWriter writer)
    {
        lock (scrape)
        {
            foreach (var family in Families())
                if (family.Shape.Observed) family.Forget();
            Observe();
            foreach (var family in Families()) family.WriteTo(writer);
            WriteOwn(writer);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => listener.Dispose();

    private void Hear<T>() where T : struct, INumberBase<T> =>
        listener.SetMeasurementEventCallback<T>(static (_, value, tags, family) => ((InstrumentFamily)family!).Record(double.CreateSaturating(value), tags));

    private void Publish(Instrument instrument, MeterListener to)
    {
        if (!Wanted(instrument.Meter.Name)) return;
        if (Join(instrument) is { } family) to.EnableMeasurementEvents(instrument, family);
        else Interlocked.Increment(ref refused);
    }

    private bool Wanted(string meter) => meters.Any(name => meter.StartsWith(name, StringComparison.Ordinal) && (meter.Length == name.Length || meter[name.Length] == '.'));

    private InstrumentFamily? Join(Instrument instrument)
    {
        if (InstrumentShape.Of(instrument) is not { } shape) return null;
        var (name, unit) = MetricNames.OfInstrument(instrument.Name, instrument.Unit, shape.Type);
        lock (gate)
        {
            var family = families.GetValueOrDefault(name) ?? Begin(new InstrumentFamily(name, shape, instrument.Description ?? "", unit, mostSeries));
            if (family is null || !family.Shape.Fits(shape)) return null;
            family.Instruments++;
            return family;
        }
    }

    private InstrumentFamily? Begin(InstrumentFamily family)
    {
        var names = MetricNames.Claims(family.Name, family.Shape.Type);
        if (taken.Overlaps(names)) return null;
        taken.UnionWith(names);
        families.Add(family.Name, family);
        return family;
    }

    private void Complete(InstrumentFamily family)
    {
        lock (gate)
        {
            if (--family.Instruments > 0) return;
            families.Remove(family.Name);
            taken.ExceptWith(MetricNames.Claims(family.Name, family.Shape.Type));
        }
    }

    private InstrumentFamily[] Families()
    {
        lock (gate) return [.. families.Values];
    }

    // One observer that throws must not take the others' numbers away.
    private void Observe()
    {
        try
        {
            listener.RecordObservableInstruments();
        }
        catch (AggregateException e)
        {
            failures += e.InnerExceptions.Count;
        }
    }

    private void WriteOwn(MetricsWriter writer)
    {
        writer.Family("vedette_metrics_failed_observations_total", MetricType.Counter, "Observable instruments that threw instead of telling their value.");
        writer.Sample(failures);
        writer.Family("vedette_metrics_refused_instruments", MetricType.Gauge, "Instruments not shown because their name belongs to one that measures otherwise.");
        writer.Sample(Volatile.Read(ref refused));
        writer.Family("vedette_metrics_dropped_measurements_total", MetricType.Counter, "Measurements dropped: too many sets of labels, or no number to add up.");
        foreach (var family in Families())
            if (family.Dropped > 0) writer.Sample(family.Dropped, ("metric", family.Name));
    }
}
