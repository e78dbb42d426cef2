using System.CommandLine;
using System.Reflection;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette version</c>.</summary>
internal static class VersionVerb
{
    public static Command Create()
    {
        var json = HubVerb.Json();
        var command = new Verb("version", "Print the version.", "version") { json };
        command.SetAction(async (parsed, _) =>
        {
            var version = typeof(VersionVerb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
            await Console.Out.WriteLineAsync(parsed.GetValue(json) ? $$"""{"version":"{{version}}"}""" : $"vedette {version}");
            return ExitCodes.Ok;
        });
        return command;
    }
}
