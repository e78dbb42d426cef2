namespace Vedette;

/// <summary>
/// The code that performs one kind. It lives as long as its agent, so that sockets and engines are made once,
/// and is used by many runs at the same time.
/// </summary>
public interface IProbe : IAsyncDisposable
{
    /// <summary>The kind it performs.</summary>
    KindDescriptor Descriptor { get; }

    /// <summary>
    /// Reads target and options once and gives the run to repeat. The target and options are already validated by
    /// <see cref="KindDescriptor.Validate"/>; a failure here is a bug and may throw.
    /// </summary>
    ProbeRun Bind(string target, OptionValues options);
}

/// <summary>
/// Performs one run and ends by its deadline. What the world does wrong is in the observation; an exception is a bug and becomes
/// <c>unknown</c> with <see cref="Reasons.InternalError"/>.
/// </summary>
public delegate ValueTask<Observation> ProbeRun(RunContext run);
