using System.CommandLine;

namespace Vedette.Cli.Verbs;

/// <summary>All that <c>vedette</c> does.</summary>
internal static class ProgramVerbs
{
    /// <summary>The verbs by their names, which are known before one is made.</summary>
    public static readonly (string Name, Func<Command> Create)[] All =
    [
        ("up", UpVerb.Create),
        ("status", StatusVerb.Create),
        ("top", TopVerb.Create),
        ("check", CheckVerbs.Create),
        ("results", ResultsVerb.Create),
        ("summary", SummaryVerb.Create),
        ("apply", ApplyVerb.Create),
        ("export", ExportVerb.Create),
        ("backup", BackupVerb.Create),
        ("restore", RestoreVerb.Create),
        ("verify", VerifyVerb.Create),
        ("echo", EchoVerb.Create),
        ("doctor", DoctorVerb.Create),
        ("completion", CompletionVerb.Create),
        ("version", VersionVerb.Create),
    ];

    /// <summary>The program, with those verbs that its arguments can mean.</summary>
    public static Command For(IReadOnlyList<string> arguments)
    {
        // A plain command, because a RootCommand takes its name from the assembly and users know this one as vedette.
        var root = new Command(Verb.Program, "Watches networks and servers from where they are used.")
        {
            Verb.Help(),
            GlobalOptions.Hub,
            GlobalOptions.Token,
            GlobalOptions.Data,
        };
        // When the first word is a verb no other can be meant, and making them all takes longer than most of them do.
        var isClear = arguments.Count > 0 && Array.Exists(All, verb => verb.Name == arguments[0]);
        foreach (var (name, create) in All)
            if (!isClear || name == arguments[0]) root.Add(create());
        MenuVerb.AddTo(root);
        return root;
    }
}
