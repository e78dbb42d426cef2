using System.CommandLine;
using Vedette.Cli.Top;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette top</c>: every check live on a terminal.</summary>
internal static class TopVerb
{
    public static Command Create()
    {
        var command = new Verb("top", "Watch every check live on this terminal; ? shows the keys.", "top");
        command.Ask(async (hub, _, cancellation) =>
        {
            try
            {
                await new TopView(hub, TimeProvider.System).RunAsync(cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // It has no end of its own: being told to is how it ends well.
                return ExitCodes.Ok;
            }

            return ExitCodes.Ok;
        });
        return command;
    }
}
