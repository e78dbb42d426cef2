using System.CommandLine;
using System.Reflection;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette version</c>.</summary>
internal static class VersionVerb
{
    public static Command Create()
    {
        var command = new Command("version", "Print the version.");
        command.SetAction(async (_, _) =>
        {
            var version = typeof(VersionVerb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
            await Console.Out.WriteLineAsync($"vedette {version.Split('+')[0]}");
            return ExitCodes.Ok;
        });
        return command;
    }
}
