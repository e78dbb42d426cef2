using Vedette.Cli;
using Vedette.Cli.Completion;
using Vedette.Cli.Verbs;

var root = ProgramVerbs.For(args);
if (args is [CompletionRequest.Word, .. var words]) return await CompletionRequest.AnswerAsync(root, words);
return await CommandLine.InvokeAsync(root, args);
