namespace Vedette.Probes.Dns;

/// <summary>What a run notes while it asks.</summary>
internal sealed class Tally
{
    private int ignored;

    /// <summary>When the first query over UDP was sent, in time since the run began.</summary>
    public TimeSpan? Sent { get; set; }

    /// <summary>Queries sent again because no answer came.</summary>
    public int Retries { get; set; }

    /// <summary>Messages from the server's address that were not the answer: another id, another question, or no answer at all.</summary>
    public int Ignored => ignored;

    /// <summary>Counts one that is ignored; several sockets may listen at a time.</summary>
    public void Ignore() => Interlocked.Increment(ref ignored);
}
