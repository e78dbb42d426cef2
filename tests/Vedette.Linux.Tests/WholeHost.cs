namespace Vedette.Linux.Tests;

/// <summary>Tests whose raw sockets hear what any test on this host causes. They run when all others are over, one at a time.</summary>
[CollectionDefinition(nameof(WholeHost), DisableParallelization = true)]
public sealed class WholeHost;
