namespace Vedette.Probes.Dns;

/// <summary>Where the name that was asked for leads to within one answer. Records of names that are not on the way are as good as absent.</summary>
/// <param name="Name">The last name of the way.</param>
/// <param name="Records">Its records of the type that was asked for.</param>
/// <param name="LeastTtl">The smallest TTL on the way and of those records, in seconds; null without any.</param>
/// <param name="Problem">Why the way has no end, or null.</param>
internal sealed record AliasChain(string Name, IReadOnlyList<DnsRecord> Records, int? LeastTtl, string? Problem)
{
    private const int MostAliases = 16;

    /// <summary>Goes from alias to alias (RFC 1034 section 3.6.2, RFC 6672 section 3.2).</summary>
    public static AliasChain Follow(IReadOnlyList<DnsRecord> answers, DnsQuery query)
    {
        var (name, least) = (query.NameText, (int?)null);
        var visited = new List<string>();
        while (true)
        {
            DnsRecord[] records = [.. answers.Where(record => IsOf(record, name, query.Type))];
            least = records.Select(record => (int?)record.Ttl).Append(least).Min();
            if (records.Length > 0 || Alias(answers, name, query.Type) is not { } alias) return new(name, records, least, null);
            visited.Add(name);
            (name, var ttl) = alias;
            least = least is null ? ttl : Math.Min(least.Value, ttl);
            if (visited.Contains(name, StringComparer.OrdinalIgnoreCase)) return new(name, [], least, $"the aliases of {query.NameText} lead back to {name}");
            if (visited.Count > MostAliases) return new(name, [], least, $"{query.NameText} leads through more than {MostAliases} aliases");
        }
    }

    private static (string Name, int Ttl)? Alias(IReadOnlyList<DnsRecord> answers, string name, ushort asked)
    {
        foreach (var record in answers)
            if (IsOf(record, name, DnsTypes.Cname)) return (record.Data, record.Ttl);
        if (asked == DnsTypes.Dname) return null;
        foreach (var record in answers)
            if (record is { Type: DnsTypes.Dname, Class: DnsQuery.Internet } && IsBelow(name, record.Owner))
                return (name[..^record.Owner.TrimStart('.').Length] + record.Data.TrimStart('.'), record.Ttl);
        return null;
    }

    private static bool IsOf(DnsRecord record, string name, ushort type) =>
        record.Type == type && record.Class == DnsQuery.Internet && record.Owner.Equals(name, StringComparison.OrdinalIgnoreCase);

    // Both are written alike, so that a name below another ends with it, after a dot between labels. The dot of an escape is none.
    private static bool IsBelow(string name, string above)
    {
        if (above == ".") return name != ".";
        if (name.Length <= above.Length || !name.EndsWith(above, StringComparison.OrdinalIgnoreCase)) return false;
        var labels = name.AsSpan(0, name.Length - above.Length);
        return labels is [.., '.'] && (labels.Length - labels[..^1].TrimEnd('\\').Length) % 2 == 1;
    }
}
