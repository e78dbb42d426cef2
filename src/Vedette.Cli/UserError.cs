namespace Vedette.Cli;

/// <summary>Something the user can mend: one plain sentence for stderr and the code to exit with.</summary>
internal class UserError(string sentence, int exitCode) : Exception(sentence)
{
    /// <summary>One of <see cref="ExitCodes"/>.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>Every problem of an input in one line.</summary>
    public static UserError Of(Problems problems) => new(string.Join("; ", problems.Found), ExitCodes.Usage);
}
