namespace Vedette.Probes;

/// <summary>Options that several kinds have, described once.</summary>
internal static class SharedOptions
{
    public static readonly Option Family = new("family", OptionType.Text, "the address family to use") { Choices = ["any", "4", "6"], Default = "any" };
    public static readonly Option SkipVerify = new("skipVerify", OptionType.Boolean, "report the certificate without judging it") { Default = "false" };
    public static readonly Option CaFile = new("caFile", OptionType.Text, "a PEM file with the only roots to trust") { Refuse = RefuseFile };
    public static readonly Option ServerName = new("serverName", OptionType.Text, "the name to ask for and to find in the certificate, if not the target's") { Refuse = Targets.RefuseHost };

    private static string? RefuseFile(string path) => Path.IsPathRooted(path) ? null : $"'{path}' is not an absolute path";
}
