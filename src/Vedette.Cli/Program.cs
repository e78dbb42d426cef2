using System.CommandLine;
using Vedette.Cli;
using Vedette.Cli.Completion;
using Vedette.Cli.Verbs;

// A plain command, because a RootCommand takes its name from the assembly and users know this one as vedette.
var root = new Command("vedette", "Watches networks and servers from where they are used.")
{
    Verb.Help(),
    GlobalOptions.Hub,
    GlobalOptions.Token,
    GlobalOptions.Data,
};
(string Name, Func<Command> Create)[] verbs =
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
// When the first word is a verb no other can be meant, and making them all takes longer than most of them do.
var isClear = args.Length > 0 && Array.Exists(verbs, verb => verb.Name == args[0]);
foreach (var (name, create) in verbs)
    if (!isClear || name == args[0]) root.Add(create());
MenuVerb.AddTo(root);
if (args is [CompletionRequest.Word, .. var words]) return await CompletionRequest.AnswerAsync(root, words);
return await CommandLine.InvokeAsync(root, args);
