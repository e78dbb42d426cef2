namespace Vedette.Probes.Traceroute;

/// <summary>The 32-bit FNV-1a hash of a text in UTF-16: the same in every process and version, as a hash of the framework is not.</summary>
internal static class Fnv
{
    private const uint Offset = 2166136261;
    private const uint Prime = 16777619;

    public static uint Hash(string text)
    {
        var hash = Offset;
        foreach (var c in text) hash = (((hash ^ (byte)c) * Prime) ^ (byte)(c >> 8)) * Prime;
        return hash;
    }
}
