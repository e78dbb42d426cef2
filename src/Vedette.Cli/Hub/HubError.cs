using System.Net;

namespace Vedette.Cli.Hub;

/// <summary>What went wrong between this program and the hub.</summary>
/// <param name="sentence">For the user.</param>
/// <param name="exitCode">One of <see cref="ExitCodes"/>.</param>
/// <param name="status">What the hub answered; null when it did not.</param>
internal sealed class HubError(string sentence, int exitCode, HttpStatusCode? status = null) : UserError(sentence, exitCode)
{
    /// <summary>Every single problem of what was sent, as the hub tells it; empty when the sentence says all.</summary>
    public IReadOnlyList<Problem> Problems { get; init; } = [];

    /// <summary>Whether trying again later may help.</summary>
    public bool MayPass => status is null or >= HttpStatusCode.InternalServerError;

    /// <summary>Whether what was asked for is not there.</summary>
    public bool IsNotFound => ExitCode == ExitCodes.Refused && status is HttpStatusCode.NotFound;
}
