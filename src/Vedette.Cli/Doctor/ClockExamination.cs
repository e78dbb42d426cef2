using Vedette.Cli.Rendering;
using Vedette.Linux.Host;

namespace Vedette.Cli.Doctor;

/// <summary>Whether something keeps this host's clock right.</summary>
internal static class ClockExamination
{
    public static Finding Examine(HostClock? clock)
    {
        const string Name = "clock";
        return clock switch
        {
            null => Finding.Limited(Name, "the kernel does not say whether it is right"),
            { IsSynchronized: true } right => Finding.Ok(Name, $"it is synchronised, and at most {Plain.Seconds(right.MostError.TotalSeconds)} off"),
            _ => Finding.Limited(Name, "nothing keeps it right: a verdict that depends on it, such as ntp's maxOffset, is unknown", "sudo apt-get install chrony"),
        };
    }
}
