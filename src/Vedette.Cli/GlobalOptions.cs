using System.CommandLine;

namespace Vedette.Cli;

/// <summary>The options that every verb takes: where the hub is, how to get in, where its data are.</summary>
internal static class GlobalOptions
{
    public static readonly Option<string?> Hub = new("--hub") { Description = "The hub's address (VEDETTE_HUB; http://127.0.0.1:7400).", HelpName = "URL", Recursive = true };
    public static readonly Option<string?> Token = new("--token") { Description = "The hub's token (VEDETTE_TOKEN; admin.token in the data directory).", HelpName = "TOKEN", Recursive = true };
    public static readonly Option<string?> Data = new("--data") { Description = "The data directory (VEDETTE_DATA; /var/lib/vedette for root).", HelpName = "DIR", Recursive = true };

    /// <summary>The data directory: the option, else the environment, else where the system keeps such things for this user.</summary>
    public static string DataDirectory(ParseResult parsed) =>
        Path.GetFullPath(parsed.GetValue(Data) ?? Setting("VEDETTE_DATA") ?? DefaultDirectory);

    /// <summary>The data directory when nobody says otherwise.</summary>
    public static string DefaultDirectory => Environment.IsPrivilegedProcess ? "/var/lib/vedette" : Path.Combine(StateHome(), "vedette");

    /// <summary>An environment variable that is set to something.</summary>
    public static string? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    // XDG Base Directory Specification: relative paths are ignored.
    // A home that is not there is none the less where the data belong, not the directory that this happens to run in.
    private static string StateHome() =>
        Setting("XDG_STATE_HOME") is { } home && Path.IsPathRooted(home) ? home : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".local", "state");
}
