using System.Collections.Immutable;
using Vedette.Hub.Checks;
using Vedette.State;

namespace Vedette.Hub.Configuration;

/// <summary>Makes checks out of what a configuration says of them, by the rules that hold for every check.</summary>
internal sealed class EntryRules(Catalogue catalogue)
{
    private readonly CheckRules rules = new(catalogue);

    /// <summary>Adds everything that is wrong without a look at what is stored; what could not even be read is told once.</summary>
    public void Validate(ConfigurationDocument document, Problems problems)
    {
        var unread = problems.Found.Select(problem => problem.Path).ToHashSet();
        var found = new Problems();
        foreach (var entry in document.Checks ?? []) Make(entry, new Filling(entry, catalogue.Find(entry.Draft.Kind ?? "")).WithoutKept(), found);
        foreach (var problem in found.Found.Where(problem => !unread.Contains(problem.Path))) problems.Add(problem.Path, problem.Message);
    }

    /// <summary>The check and where it comes from; null with problems added when it will not do.</summary>
    public (Check Check, Origin Origin)? Make(CheckEntry entry, string owner, CheckRecord? stored, Problems problems)
    {
        var found = new Problems();
        var filling = new Filling(entry, catalogue.Find(entry.Draft.Kind ?? ""));
        if (stored is not null && entry.Draft.Kind is { } kind && stored.Check.Kind != kind)
            found.Add("kind", $"is {stored.Check.Kind} and cannot be changed; remove the check first, or give this one another id");
        var parameters = filling.WithKept(stored, found);
        if (found.None && Make(entry, parameters, problems) is { } check) return (check, new Origin(owner, filling.Sources));
        foreach (var problem in found.Found) problems.Add(Paths.Key(entry.Path, problem.Path), problem.Message);
        return null;
    }

    private Check? Make(CheckEntry entry, Dictionary<string, ImmutableArray<string>?> parameters, Problems problems)
    {
        var found = new Problems();
        var check = rules.Create(entry.Draft with { Id = entry.Draft.Id ?? "missing", Parameters = parameters }, _ => false, found);
        if (check is not null && CheckSize.Problem(check) is { } large) found.Add("", large);
        foreach (var problem in found.Found) problems.Add(problem.Path.Length == 0 ? entry.Path : Paths.Key(entry.Path, problem.Path), problem.Message);
        return found.None ? check : null;
    }

    /// <summary>The options of one entry, with the secrets it does not give itself.</summary>
    private sealed class Filling(CheckEntry entry, KindDescriptor? kind)
    {
        /// <summary>Only of secrets it is remembered where they were taken from.</summary>
        public NamedList<string> Sources { get; } = new(entry.Sources.Where(source => IsSecret(kind, source.Key[..source.Key.LastIndexOf('[')])));

        public Dictionary<string, ImmutableArray<string>?> WithoutKept() => Each((name, values) => values.Where((value, index) => IsKept(name, index, value)).Any() ? null : values);

        public Dictionary<string, ImmutableArray<string>?> WithKept(CheckRecord? stored, Problems problems) =>
            Each((name, values) => [.. values.Select((value, index) => IsKept(name, index, value) ? Kept(name, index, stored, problems) : value)]);

        private Dictionary<string, ImmutableArray<string>?> Each(Func<string, ImmutableArray<string>, ImmutableArray<string>?> change) =>
            entry.Draft.Parameters.ToDictionary(option => option.Key, option => option.Value is { } values ? change(option.Key, values) : null);

        private bool IsKept(string name, int index, string value) => value == KindDescriptor.SecretMask && (IsSecret(kind, name) || entry.Sources.TryGet(CheckEntry.Place(name, index), out _));

        private string Kept(string name, int index, CheckRecord? stored, Problems problems)
        {
            var place = CheckEntry.Place(name, index);
            var values = stored?.Check.Parameters[name] ?? [];
            var isAsked = entry.Sources.TryGet(place, out var source);
            if (IsSecret(kind, name) && index < values.Length && (!isAsked || (stored!.Origin.Secrets.TryGet(place, out var known) && known == source))) return values[index];
            problems.Add($"set.{name}", isAsked
                ? $"is to be taken from {source}, which the hub does not do for others; send the value with it, or use: vedette apply"
                : $"'{KindDescriptor.SecretMask}' stands for a secret that is stored, and none is stored here; give the secret, {{ env: NAME }} or {{ file: PATH }}");
            return KindDescriptor.SecretMask;
        }

        private static bool IsSecret(KindDescriptor? kind, string option) => kind?.Option(option) is { Secret: true };
    }
}
