namespace Vedette;

/// <summary>A check made ready to run: its probe bound to target and options, its assertions parsed.</summary>
public sealed class BoundCheck
{
    private BoundCheck(Check check, ProbeRun run, IReadOnlyList<Assertion> assertions) =>
        (Check, Run, Assertions) = (check, run, assertions);

    /// <summary>What was bound.</summary>
    public Check Check { get; }

    /// <summary>The probe's run.</summary>
    public ProbeRun Run { get; }

    /// <summary>What must hold of a run that is up.</summary>
    public IReadOnlyList<Assertion> Assertions { get; }

    /// <summary>Binds a check; null with problems added when the probe's kind does not accept it.</summary>
    public static BoundCheck? Bind(Check check, IProbe probe, Problems problems)
    {
        probe.Descriptor.Validate(check.Target, check.Parameters, problems);
        var assertions = new List<Assertion>(check.Assertions.Count);
        for (var i = 0; i < check.Assertions.Count; i++)
            if (Assertion.Parse(check.Assertions[i], probe.Descriptor, $"assert[{i}]", problems) is { } assertion) assertions.Add(assertion);
        if (!problems.None) return null;
        return new(check, probe.Bind(check.Target, new OptionValues(probe.Descriptor, check.Parameters)), assertions);
    }
}
