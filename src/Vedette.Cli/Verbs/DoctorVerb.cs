using System.CommandLine;
using Vedette.Cli.Doctor;
using Vedette.Cli.Hub;
using Vedette.Cli.Rendering;
using Vedette.Linux.Host;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette doctor</c>: what this host allows, and what to do about it.</summary>
internal static class DoctorVerb
{
    public static Command Create()
    {
        var json = HubVerb.Json("a JSON array of findings");
        var command = new Verb("doctor", "Say what this host allows, and what to do about it.", "doctor") { json };
        command.SetAction(async (parsed, cancellation) =>
        {
            IReadOnlyList<Finding> findings =
            [
                .. PingExamination.Examine(), .. NetworkExamination.Examine(), ClockExamination.Examine(HostClock.Read()), .. LimitsExamination.Examine(), .. SecureExamination.Examine(),
                .. StorageExamination.Examine(GlobalOptions.DataDirectory(parsed)), await HubExamination.ExamineAsync(HubAccess.AddressOf(parsed), cancellation),
            ];
            if (Environment.IsPrivilegedProcess) findings = [.. findings.Select(WithoutSudo)];
            if (parsed.GetValue(json)) await HubVerb.WriteJsonAsync(findings, FindingJson.Readable.IReadOnlyListFinding);
            else await Console.Out.WriteAsync(new DoctorText(Palette.ForConsole(), Columns.OfConsole).Render(findings));
            return ExitCodes.Of(findings.Max(finding => finding.Health));
        });
        return command;
    }

    private static Finding WithoutSudo(Finding finding) => finding with { Mend = finding.Mend?.Replace("sudo ", "", StringComparison.Ordinal) };
}
