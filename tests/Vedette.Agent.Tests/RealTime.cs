namespace Vedette.Agent.Tests;

/// <summary>Tests on the clock on the wall. They run after all others and one at a time, for the time that they judge is to be the agent's.</summary>
[CollectionDefinition(nameof(RealTime), DisableParallelization = true)]
public sealed class RealTime;
