namespace Vedette.Cli.Top;

/// <summary>What the checks are sorted by.</summary>
internal enum Order
{
    /// <summary>Those in trouble first.</summary>
    Status,

    /// <summary>By their ids.</summary>
    Name,

    /// <summary>The slowest first.</summary>
    Latency,

    /// <summary>Those that changed latest first.</summary>
    Since,
}
