namespace Vedette.Cli.Hub;

/// <summary>A message of the hub's stream.</summary>
/// <param name="Id">Resumes after it; empty when it has none.</param>
/// <param name="Kind">One of <see cref="LiveEvents"/>.</param>
/// <param name="Data">Its JSON.</param>
internal sealed record StreamedEvent(string Id, string Kind, string Data);

/// <summary>
/// Reads server-sent events (WHATWG HTML section 9.2.6). The hub gives a sign of life every 15 seconds; without one for three times as long
/// the connection counts as lost, whatever the network says of it.
/// </summary>
internal sealed class EventStream(IDisposable owner, Stream content) : IDisposable
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(45);

    private readonly StreamReader lines = new(content);

    /// <summary>The next one; null when the stream has ended.</summary>
    /// <exception cref="IOException">The connection was lost.</exception>
    public async Task<StreamedEvent?> NextAsync(CancellationToken cancellation)
    {
        var (id, kind, data) = ("", "message", "");
        while (await LineAsync(cancellation) is { } line)
        {
            if (line.Length == 0)
            {
                if (data.Length > 0) return new(id, kind, data);
                kind = "message";
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon == 0) continue;
            var value = colon < 0 ? "" : line[(colon + 1)..];
            if (value.StartsWith(' ')) value = value[1..];
            switch (colon < 0 ? line : line[..colon])
            {
                case "id": id = value; break;
                case "event": kind = value; break;
                case "data": data += data.Length == 0 ? value : '\n' + value; break;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lines.Dispose();
        owner.Dispose();
    }

    private async Task<string?> LineAsync(CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(LongestSilence);
        try
        {
            return await lines.ReadLineAsync(patience.Token);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"nothing was heard for {Durations.Format(LongestSilence)}", e);
        }
    }
}
