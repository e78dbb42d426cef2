using System.Text;

namespace Processes;

/// <summary>What a process writes to one of its outputs: read all the time, or the process would wait for a reader one day.</summary>
internal sealed class Written
{
    private readonly Lock gate = new();
    private readonly StringBuilder text = new();
    private readonly Task reading;
    private TaskCompletionSource more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Written(StreamReader output) => reading = ReadAsync(output);

    /// <summary>All of it, when the process has closed the output.</summary>
    public async Task<string> WholeAsync()
    {
        await reading;
        return text.ToString();
    }

    /// <summary>The first word that fits, as soon as its line is there; null when there is none to the end.</summary>
    public async Task<string?> WordAsync(Func<string, bool> fits, CancellationToken cancellation)
    {
        while (true)
        {
            Task next;
            bool over;
            string[] words;
            lock (gate) (next, over, words) = (more.Task, reading.IsCompleted, text.ToString().Split((char[])[' ', '\n']));
            if (words.FirstOrDefault(fits) is { } word) return word;
            if (over) return null;
            await Task.WhenAny(next, reading).WaitAsync(cancellation);
        }
    }

    private async Task ReadAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
            lock (gate)
            {
                text.Append(line).Append('\n');
                more.SetResult();
                more = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
    }
}
