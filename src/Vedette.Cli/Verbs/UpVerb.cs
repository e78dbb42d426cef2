using System.CommandLine;
using System.Net;
using Vedette.Cli.Up;
using Vedette.Hub.Configuration;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette up</c>: hub, built-in agent and page in one process.</summary>
internal static class UpVerb
{
    public static Command Create()
    {
        var listen = new Option<string>("--listen") { Description = "Where the API and the page are served.", DefaultValueFactory = _ => "127.0.0.1:7400", HelpName = "ADDRESS:PORT" };
        var config = new Option<string?>("--config") { Description = "A configuration file, applied now and whenever it changes.", HelpName = "FILE" };
        var prune = new Option<bool>("--prune") { Description = "With --config: a check that goes out of the file is removed, with its history." };
        var command = new Verb("up", "Start hub, built-in agent and page.", "up --data ./data") { listen, config, prune };
        command.SetAction((parsed, stop) =>
        {
            var text = parsed.GetValue(listen)!;
            if (!IPEndPoint.TryParse(text, out var address) || !text.Contains(':', StringComparison.Ordinal))
                throw new UserError($"--listen: '{text}' is not an address and port such as 127.0.0.1:7400 or [::1]:7400", ExitCodes.Usage);
            var directory = GlobalOptions.DataDirectory(parsed);
            if (parsed.GetValue(prune) && parsed.GetValue(config) is null) throw new UserError("--prune: needs --config FILE, whose checks it is about", ExitCodes.Usage);
            var configuration = parsed.GetValue(config) is { } path ? new ConfigurationSource(Path.GetFullPath(path), parsed.GetValue(prune)) : null;
            return new Station(directory, directory == GlobalOptions.DefaultDirectory, address, configuration).RunAsync(stop);
        });
        return command;
    }
}
