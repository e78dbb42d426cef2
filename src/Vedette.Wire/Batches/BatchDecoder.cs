using System.Text;
using System.Text.Json;
using Google.Protobuf.Collections;

namespace Vedette.Wire;

/// <summary>Reads results out of a batch, trusting nothing in it.</summary>
public sealed class BatchDecoder
{
    private const int MostResults = 8192;
    private const int DeepestDetails = 32;

    private readonly ResultBatch batch;
    private readonly string agent;
    private readonly string epoch;
    private readonly Func<uint, string> attributeText;
    private long key;
    private long scheduled;
    private int phase;
    private int measurement;
    private int attribute;

    private BatchDecoder(ResultBatch batch, string agent, string epoch)
    {
        (this.batch, this.agent, this.epoch, attributeText) = (batch, agent, epoch, index => batch.Texts[(int)index]);
        scheduled = batch.BaseTime;
    }

    /// <summary>How many results a batch holds.</summary>
    public static int Count(ResultBatch batch) => batch.CheckKey.Count;

    /// <summary>The key of each result's check, in order.</summary>
    public static IEnumerable<long> Keys(ResultBatch batch)
    {
        var last = 0L;
        foreach (var step in batch.CheckKey) yield return last = unchecked(last + step);
    }

    /// <summary>Says what is wrong with a batch, or null when <see cref="Decode"/> can read it.</summary>
    public static string? Refuse(ResultBatch batch)
    {
        var count = Count(batch);
        if (count == 0) return "a batch is empty";
        if (count > MostResults) return $"a batch holds more than {MostResults} results";
        if (batch.FirstSeq == 0 || batch.FirstSeq > ulong.MaxValue / 2) return "a batch has no sequence number";
        if (batch.Texts.Count == 0) return "a batch has no texts";
        int[] columns = [batch.ScheduledAt.Count, batch.StartedAfter.Count, batch.Duration.Count, batch.Status.Count, batch.Reason.Count, batch.Message.Count, batch.Details.Count, batch.Shape.Count];
        if (Array.Exists(columns, column => column != count)) return "the columns of a batch differ in length";
        return RefuseValues(batch) ?? RefuseShapes(batch) ?? RefuseDetails(batch);
    }

    /// <summary>The results, in order.</summary>
    /// <param name="batch">One that <see cref="Refuse"/> has nothing against.</param>
    /// <param name="agent">The agent's name.</param>
    /// <param name="epoch">The stream it counts in, in hexadecimal.</param>
    /// <param name="checkId">The id of a check's key; null leaves its results out.</param>
    public static List<Result> Decode(ResultBatch batch, string agent, string epoch, Func<long, string?> checkId)
    {
        var decoder = new BatchDecoder(batch, agent, epoch);
        var results = new List<Result>(Count(batch));
        for (var index = 0; index < Count(batch); index++)
            if (decoder.Next(index, checkId) is { } result) results.Add(result);
        return results;
    }

    private static string? RefuseValues(ResultBatch batch)
    {
        var at = batch.BaseTime;
        for (var i = 0; i < Count(batch); i++)
        {
            at = unchecked(at + batch.ScheduledAt[i]);
            if (!WireTime.IsTime(at) || !WireTime.IsTime(unchecked(at + batch.StartedAfter[i]))) return "a batch holds a time outside 1970 to 9999";
            if (batch.Status[i] > (uint)Status.Down) return "a batch holds a status that does not exist";
            if (!IsText(batch, batch.Reason[i]) || !IsText(batch, batch.Message[i]) || !IsText(batch, batch.Details[i])) return "a batch refers to a text it does not hold";
        }

        foreach (var text in batch.Attributes)
            if (!IsText(batch, text)) return "a batch refers to a text it does not hold";
        return null;
    }

    private static string? RefuseShapes(ResultBatch batch)
    {
        long phases = 0, measurements = 0, attributes = 0;
        foreach (var index in batch.Shape)
        {
            if (index >= batch.Shapes.Count) return "a batch refers to a shape it does not hold";
            var shape = batch.Shapes[(int)index];
            phases += shape.Phases.Count;
            measurements += shape.Measurements.Count;
            attributes += shape.Attributes.Count;
        }

        return phases == batch.Phases.Count && measurements == batch.Measurements.Count && attributes == batch.Attributes.Count
            ? null
            : "the values of a batch do not fit its shapes";
    }

    // Details are passed on as they are, into answers, into a stream of events and into a log of lines.
    private static string? RefuseDetails(ResultBatch batch) =>
        batch.Details.Distinct().All(index => index == 0 || IsObjectOnOneLine(batch.Texts[(int)index])) ? null : "a batch holds details that are not a JSON object on one line";

    private static bool IsObjectOnOneLine(string text)
    {
        if (text.AsSpan().ContainsAny('\r', '\n')) return false;
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { MaxDepth = DeepestDetails });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsText(ResultBatch batch, uint index) => index < batch.Texts.Count;

    private Result? Next(int index, Func<long, string?> checkId)
    {
        key = unchecked(key + batch.CheckKey[index]);
        scheduled += batch.ScheduledAt[index];
        var shape = batch.Shapes[(int)batch.Shape[index]];
        var (phases, measurements, attributes) = (phase, measurement, attribute);
        phase += shape.Phases.Count;
        measurement += shape.Measurements.Count;
        attribute += shape.Attributes.Count;
        if (checkId(key) is not { } check) return null;
        return new Result
        {
            Check = check,
            CheckKey = key,
            Agent = agent,
            Epoch = epoch,
            Seq = batch.FirstSeq + (ulong)index,
            ScheduledAt = WireTime.Time(scheduled),
            StartedAt = WireTime.Time(scheduled + batch.StartedAfter[index]),
            DurationSeconds = WireTime.Seconds(batch.Duration[index]),
            Status = (Status)batch.Status[index],
            Reason = Text(batch.Reason[index]),
            Message = Text(batch.Message[index]),
            Details = Text(batch.Details[index]),
            Phases = Named(shape.Phases, batch.Phases, phases, WireTime.Seconds),
            Measurements = Named(shape.Measurements, batch.Measurements, measurements, value => value),
            Attributes = Named(shape.Attributes, batch.Attributes, attributes, attributeText),
        };
    }

    private static NamedList<T> Named<TWire, T>(RepeatedField<string> names, RepeatedField<TWire> column, int first, Func<TWire, T> value)
    {
        if (names.Count == 0) return NamedList<T>.Empty;
        var items = new KeyValuePair<string, T>[names.Count];
        for (var i = 0; i < items.Length; i++) items[i] = new(names[i], value(column[first + i]));
        return NamedList.Owning(items);
    }

    private string? Text(uint index) => index == 0 ? null : batch.Texts[(int)index];
}
