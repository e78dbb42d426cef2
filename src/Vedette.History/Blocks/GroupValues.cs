namespace Vedette.History;

/// <summary>The values of those results of a group that have one shape, column by column.</summary>
internal sealed class GroupValues
{
    private readonly BlockShape shape;
    private readonly double[][] phases;
    private readonly double[][] measurements;
    private readonly long[][] attributes;
    private int next;

    public GroupValues(ref BlockCursor cursor, BlockShape shape, int count)
    {
        this.shape = shape;
        (phases, measurements, attributes) = (new double[shape.Phases.Length][], new double[shape.Measurements.Length][], new long[shape.Attributes.Length][]);
        if (count == 0) return;
        for (var i = 0; i < phases.Length; i++) DoubleColumn.Read(ref cursor, phases[i] = new double[count]);
        for (var i = 0; i < measurements.Length; i++) DoubleColumn.Read(ref cursor, measurements[i] = new double[count]);
        for (var i = 0; i < attributes.Length; i++) LongColumn.Read(ref cursor, attributes[i] = new long[count]);
    }

    /// <summary>The row of the next result that has this shape.</summary>
    public int Next() => next++;

    public NamedList<double> Phases(int row) => Named(shape.Phases, phases, row);

    public NamedList<double> Measurements(int row) => Named(shape.Measurements, measurements, row);

    public NamedList<string> Attributes(int row, Func<long, string> text)
    {
        if (attributes.Length == 0) return NamedList<string>.Empty;
        var items = new KeyValuePair<string, string>[attributes.Length];
        for (var i = 0; i < items.Length; i++) items[i] = new(shape.Attributes[i], text(attributes[i][row]));
        return NamedList.Owning(items);
    }

    private static NamedList<double> Named(string[] names, double[][] columns, int row)
    {
        if (names.Length == 0) return NamedList<double>.Empty;
        var items = new KeyValuePair<string, double>[names.Length];
        for (var i = 0; i < items.Length; i++) items[i] = new(names[i], columns[i][row]);
        return NamedList.Owning(items);
    }
}
