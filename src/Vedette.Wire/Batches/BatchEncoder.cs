using Google.Protobuf.Collections;

namespace Vedette.Wire;

/// <summary>Writes results column by column, see <c>ResultBatch</c> in agent_hub.proto.</summary>
public sealed class BatchEncoder
{
    private readonly ResultBatch batch = new() { Texts = { "" } };
    private readonly Dictionary<string, uint> texts = new() { [""] = 0 };
    private long lastKey;
    private long lastScheduled;

    private BatchEncoder(ulong firstSeq) => batch.FirstSeq = firstSeq;

    /// <summary>Encodes results that follow each other in sequence.</summary>
    /// <param name="firstSeq">The number of the first.</param>
    /// <param name="results">At least one, each with its <see cref="Result.CheckKey"/>.</param>
    public static ResultBatch Encode(ulong firstSeq, IReadOnlyList<Result> results)
    {
        var encoder = new BatchEncoder(firstSeq);
        encoder.batch.BaseTime = encoder.lastScheduled = WireTime.Microseconds(results[0].ScheduledAt);
        foreach (var result in results) encoder.Add(result);
        return encoder.batch;
    }

    private void Add(Result result)
    {
        var scheduled = WireTime.Microseconds(result.ScheduledAt);
        batch.CheckKey.Add(result.CheckKey - lastKey);
        batch.ScheduledAt.Add(scheduled - lastScheduled);
        batch.StartedAfter.Add(WireTime.Microseconds(result.StartedAt) - scheduled);
        batch.Duration.Add(WireTime.Nanoseconds(result.DurationSeconds));
        batch.Status.Add((uint)result.Status);
        batch.Reason.Add(Text(result.Reason));
        batch.Message.Add(Text(result.Message));
        batch.Details.Add(Text(result.Details));
        batch.Shape.Add(ShapeOf(result));
        foreach (var phase in result.Phases) batch.Phases.Add(WireTime.Nanoseconds(phase.Value));
        foreach (var measurement in result.Measurements) batch.Measurements.Add(measurement.Value);
        foreach (var attribute in result.Attributes) batch.Attributes.Add(Text(attribute.Value));
        (lastKey, lastScheduled) = (result.CheckKey, scheduled);
    }

    private uint Text(string? text)
    {
        if (string.IsNullOrEmpty(text)) return 0;
        if (texts.TryGetValue(text, out var index)) return index;
        texts.Add(text, index = (uint)batch.Texts.Count);
        batch.Texts.Add(text);
        return index;
    }

    // Batches hold few shapes, one for each way the runs of a kind can end, so a walk is cheaper than a hash of all names.
    private uint ShapeOf(Result result)
    {
        for (var index = 0; index < batch.Shapes.Count; index++)
            if (Matches(batch.Shapes[index], result)) return (uint)index;
        var shape = new Shape();
        shape.Phases.AddRange(result.Phases.Select(phase => phase.Key));
        shape.Measurements.AddRange(result.Measurements.Select(measurement => measurement.Key));
        shape.Attributes.AddRange(result.Attributes.Select(attribute => attribute.Key));
        batch.Shapes.Add(shape);
        return (uint)batch.Shapes.Count - 1;
    }

    private static bool Matches(Shape shape, Result result) =>
        Same(shape.Phases, result.Phases) && Same(shape.Measurements, result.Measurements) && Same(shape.Attributes, result.Attributes);

    private static bool Same<T>(RepeatedField<string> names, NamedList<T> values)
    {
        if (names.Count != values.Count) return false;
        for (var i = 0; i < names.Count; i++)
            if (names[i] != values[i].Key) return false;
        return true;
    }
}
