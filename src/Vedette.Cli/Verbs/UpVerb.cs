using System.CommandLine;
using System.Net;
using Vedette.Cli.Up;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette up</c>: hub, built-in agent and page in one process.</summary>
internal static class UpVerb
{
    public static Command Create()
    {
        var listen = new Option<string>("--listen") { Description = "Where the API and the page are served.", DefaultValueFactory = _ => "127.0.0.1:7400", HelpName = "ADDRESS:PORT" };
        var command = new Verb("up", "Start hub, built-in agent and page.", "up --data ./data") { listen };
        command.SetAction((parsed, stop) =>
        {
            var text = parsed.GetValue(listen)!;
            if (!IPEndPoint.TryParse(text, out var address) || !text.Contains(':', StringComparison.Ordinal))
                throw new UserError($"--listen: '{text}' is not an address and port such as 127.0.0.1:7400 or [::1]:7400", ExitCodes.Usage);
            var directory = GlobalOptions.DataDirectory(parsed);
            return new Station(directory, directory == GlobalOptions.DefaultDirectory, address).RunAsync(stop);
        });
        return command;
    }
}
