namespace Vedette.History;

/// <summary>The names that the values of a result stand under, as numbers of the block's texts.</summary>
internal sealed record BlockShape(string[] Phases, string[] Measurements, string[] Attributes)
{
    /// <summary>Whether a result has these names.</summary>
    public bool Fits(Result result) => Same(Phases, result.Phases) && Same(Measurements, result.Measurements) && Same(Attributes, result.Attributes);

    /// <summary>The names of a result.</summary>
    public static BlockShape Of(Result result) => new(Names(result.Phases), Names(result.Measurements), Names(result.Attributes));

    /// <summary>Writes them as numbers of texts.</summary>
    public void Write(BlockBytes bytes, BlockTexts texts)
    {
        foreach (var names in (string[][])[Phases, Measurements, Attributes])
        {
            bytes.Varint((ulong)names.Length);
            foreach (var name in names) bytes.Varint((ulong)texts.Number(name));
        }
    }

    /// <summary>Reads them.</summary>
    public static BlockShape Read(ref BlockCursor cursor, string?[] texts) => new(ReadNames(ref cursor, texts), ReadNames(ref cursor, texts), ReadNames(ref cursor, texts));

    private static string[] ReadNames(ref BlockCursor cursor, string?[] texts)
    {
        var names = new string[cursor.Count(texts.Length * 8)];
        for (var i = 0; i < names.Length; i++) names[i] = texts[cursor.Count(texts.Length - 1)] ?? "";
        return names;
    }

    private static string[] Names<T>(NamedList<T> values) => [.. values.Select(value => value.Key)];

    private static bool Same<T>(string[] names, NamedList<T> values)
    {
        if (names.Length != values.Count) return false;
        for (var i = 0; i < names.Length; i++)
            if (names[i] != values[i].Key) return false;
        return true;
    }
}
