using System.Text;
using Vedette.Linux.Host;

namespace Vedette.Cli.Rendering;

/// <summary>Writes what may be long to standard output, many lines at a time; what is left is written when it is disposed.</summary>
internal sealed class LongOutput : IAsyncDisposable
{
    private const int WrittenAtOnce = 16 * 1024;

    private readonly StringBuilder pending = new();

    /// <summary>Whether nobody reads it any more, as after <c>| head</c>.</summary>
    public bool ReaderIsGone { get; private set; }

    /// <summary>Takes more of it.</summary>
    public async ValueTask WriteAsync(string text)
    {
        pending.Append(text);
        if (pending.Length >= WrittenAtOnce) await FlushAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => FlushAsync();

    private async ValueTask FlushAsync()
    {
        await Console.Out.WriteAsync(pending);
        pending.Clear();
        ReaderIsGone = StandardOutput.ReaderIsGone;
    }
}
