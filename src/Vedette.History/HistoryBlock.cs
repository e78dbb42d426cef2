using Vedette.Wire;

namespace Vedette.History;

/// <summary>A block of history: a batch and where it came from.</summary>
/// <param name="Block">Its number, which grows with arrival and is never given twice.</param>
/// <param name="Agent">The agent it came from.</param>
/// <param name="Epoch">The stream it counts in.</param>
/// <param name="Batch">As it came.</param>
public sealed record HistoryBlock(long Block, string Agent, string Epoch, ResultBatch Batch)
{
    /// <summary>Its results, of the checks whose id is known.</summary>
    public List<Result> Results(Func<long, string?> checkId) => BatchDecoder.Decode(Batch, Agent, Epoch, checkId);
}
