using Vedette.Cli;
using Vedette.Cli.Verbs;

var root = new System.CommandLine.RootCommand("Watches networks and servers from where they are used.")
{
    CheckVerbs.Create(),
    EchoVerb.Create(),
    VersionVerb.Create(),
};
return await CommandLine.InvokeAsync(root, args);
