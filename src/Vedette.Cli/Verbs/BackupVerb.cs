using System.CommandLine;
using System.Globalization;
using Vedette.Cli.Hub;
using Vedette.Cli.Rendering;
using Vedette.State.Sqlite;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette backup FILE</c>: a copy of everything a hub keeps, taken while it runs.</summary>
internal static class BackupVerb
{
    private const double BytesOfMiB = 1 << 20;

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Where to; nothing may be there yet." };
        var command = new Verb("backup", "Copy everything the hub keeps into a file, secrets included, while it runs.", "backup vedette-monday.db") { file };
        command.SetAction(async (parsed, cancellation) =>
        {
            // The copy is made before the first byte of it comes.
            using var hub = HubClient.Of(parsed, Timeout.InfiniteTimeSpan);
            return await BackUpAsync(hub, Path.GetFullPath(parsed.GetRequiredValue(file)), cancellation);
        });
        return command;
    }

    private static async Task<int> BackUpAsync(HubClient hub, string file, CancellationToken cancellation)
    {
        if (File.Exists(file) || Directory.Exists(file)) throw new UserError($"{Plain.Foreign(file)} is there already and is left alone; give another name", ExitCodes.Usage);
        var partial = $"{file}.partial";
        try
        {
            await WriteAsync(hub, partial, cancellation);
            if (DatabaseCopy.Refuse(partial) is { } refusal) throw new UserError($"what came is no good, and nothing is kept of it: {refusal}", ExitCodes.Unavailable);
            File.Move(partial, file);
        }
        finally
        {
            File.Delete(partial);
        }

        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"wrote {Plain.Foreign(file)} ({new FileInfo(file).Length / BytesOfMiB:0.0} MiB); it holds secrets, so keep it to yourself"));
        return ExitCodes.Ok;
    }

    // Private from its first byte: what may be there is no file of ours, or leads elsewhere, or is open to others.
    private static async Task WriteAsync(HubClient hub, string partial, CancellationToken cancellation)
    {
        File.Delete(partial);
        await using var target = new FileStream(partial, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        await hub.BackUpAsync(target, cancellation);
        target.Flush(flushToDisk: true);
    }
}
