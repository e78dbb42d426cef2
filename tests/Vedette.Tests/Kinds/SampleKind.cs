namespace Vedette.Tests.Kinds;

internal static class SampleKind
{
    public static readonly KindDescriptor Kind = new()
    {
        Kind = "echo",
        Summary = "answers what it is asked",
        TargetForm = "HOST:PORT",
        RefuseTarget = Targets.RefuseHostPort,
        Options =
        [
            new("packets", OptionType.Integer, "how many") { Default = "3", Least = 1, Most = 100 },
            new("gap", OptionType.Duration, "between them") { Default = "20ms" },
            new("family", OptionType.Text, "which") { Choices = ["4", "6"] },
            new("header", OptionType.Text, "sent along") { Repeatable = true },
            new("password", OptionType.Text, "proof") { Secret = true },
            new("codes", OptionType.List, "accepted") { Default = "200,204" },
            new("tls", OptionType.Boolean, "encrypt"),
        ],
        Phases = ["connect", "reply"],
        Measurements = [new("echo_loss_ratio", "ratio", "lost")],
        Attributes = ["version"],
    };

    public static readonly Catalogue Catalogue = new(Kind);
}
