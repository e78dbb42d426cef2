using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace Vedette.History;

/// <summary>
/// The texts of a block, each once and referred to by number; 0 is the absent one. A long text that several runs have stands outside of the
/// block, where those of other blocks refer to it, too; all others stand here one after the other, compressed.
/// </summary>
internal sealed class BlockTexts
{
    /// <summary>Texts from this length on are kept outside of blocks when several results have them.</summary>
    public const int ShortestShared = 64;

    private const int Quality = 4;
    private const int LeastPacked = 1024;
    private const int LeastWindow = 10;
    private const int MostWindow = 22;

    // No text of a run is longer than a frame of the session, and whoever makes blocks ends one long before this (see Merge).
    private const int LongestTogether = 256 << 20;

    private readonly Dictionary<string, int> numbers = [];
    private readonly List<(string Text, int Uses)> texts = [];

    /// <summary>The number of a text, which it gets when it comes for the first time.</summary>
    public int Number(string? text)
    {
        if (string.IsNullOrEmpty(text)) return 0;
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, text, out var known);
        if (known) return number;
        texts.Add((text, 0));
        return number = texts.Count;
    }

    /// <summary>Notes that one more result has a text.</summary>
    public void Use(string? text)
    {
        if (Number(text) is > 0 and var number) CollectionsMarshal.AsSpan(texts)[number - 1].Uses++;
    }

    /// <summary>How many bytes they take in memory.</summary>
    public long Size => texts.Sum(entry => (long)entry.Text.Length * sizeof(char));

    /// <summary>Those that are better kept outside of the block.</summary>
    public IEnumerable<string> Shareable => texts.Where(IsShareable).Select(entry => entry.Text);

    /// <summary>Writes all of them.</summary>
    /// <param name="bytes">The block.</param>
    /// <param name="shared">Under which number a shareable text is kept outside, if it is.</param>
    public void Write(BlockBytes bytes, IReadOnlyDictionary<string, long> shared)
    {
        var own = new BlockBytes();
        bytes.Varint((ulong)texts.Count);
        foreach (var entry in texts)
        {
            var id = IsShareable(entry) ? shared.GetValueOrDefault(entry.Text) : 0;
            bytes.Varint((ulong)id);
            if (id == 0) own.Sized(Encoding.UTF8.GetBytes(entry.Text));
        }

        WritePacked(bytes, own.Written);
    }

    /// <summary>Reads them; one that is kept outside and not found there is null.</summary>
    public static string?[] Read(ref BlockCursor cursor, int most, Func<long, string?> shared)
    {
        var ids = new long[cursor.Count(most)];
        for (var i = 0; i < ids.Length; i++) ids[i] = (long)cursor.Varint();
        var own = new BlockCursor(ReadPacked(ref cursor));
        var read = new string?[ids.Length + 1];
        for (var i = 0; i < ids.Length; i++) read[i + 1] = ids[i] == 0 ? Encoding.UTF8.GetString(own.Sized()) : shared(ids[i]);
        return read;
    }

    private static bool IsShareable((string Text, int Uses) entry) => entry.Uses > 1 && entry.Text.Length >= ShortestShared;

    private static void WritePacked(BlockBytes bytes, ReadOnlySpan<byte> raw)
    {
        bytes.Varint((ulong)raw.Length);
        var packed = new byte[raw.Length];
        var window = Math.Clamp(BlockBytes.Width((ulong)raw.Length), LeastWindow, MostWindow);
        // The packer takes more memory to begin with than a few names and addresses are worth.
        if (raw.Length >= LeastPacked && BrotliEncoder.TryCompress(raw, packed, out var length, Quality, window) && length < raw.Length)
        {
            bytes.Sized(packed.AsSpan(0, length));
            return;
        }

        bytes.Varint(0);
        bytes.Raw(raw);
    }

    private static byte[] ReadPacked(ref BlockCursor cursor)
    {
        var length = cursor.Count(LongestTogether);
        var packed = cursor.Sized();
        if (packed.IsEmpty) return cursor.Raw(length).ToArray();
        var raw = new byte[length];
        return BrotliDecoder.TryDecompress(packed, raw, out var written) && written == length ? raw : throw new InvalidDataException("the texts of a block cannot be unpacked");
    }
}
