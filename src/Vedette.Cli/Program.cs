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
    UpVerb.Create(),
    StatusVerb.Create(),
    TopVerb.Create(),
    CheckVerbs.Create(),
    ResultsVerb.Create(),
    SummaryVerb.Create(),
    ApplyVerb.Create(),
    ExportVerb.Create(),
    BackupVerb.Create(),
    RestoreVerb.Create(),
    VerifyVerb.Create(),
    EchoVerb.Create(),
    DoctorVerb.Create(),
    CompletionVerb.Create(),
    VersionVerb.Create(),
};
MenuVerb.AddTo(root);
if (args is [CompletionRequest.Word, .. var words]) return await CompletionRequest.AnswerAsync(root, words);
return await CommandLine.InvokeAsync(root, args);
