using System.Text;
using Vedette.Cli.Rendering;
using Vedette.Linux.Host;

namespace Vedette.Cli;

/// <summary>A file that a verb writes: whole or not at all, and its owner's alone.</summary>
internal static class OutputFile
{
    // errno.h, which an IOException has for its result.
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int NotPermitted = 13;
    private const int Unsupported = 22;

    /// <summary>Says why a file cannot be written, as far as that is known before it is; null when nothing speaks against it.</summary>
    /// <param name="path">Its name, as it was given.</param>
    /// <param name="replace">Whether it may be there already.</param>
    public static string? Refuse(string path, bool replace) => path.Length == 0 || path.Contains('\0', StringComparison.Ordinal) ? "a file needs a name; give one" : (FileKind.IsPlain(path), replace) switch
    {
        (false, _) => $"{Plain.Foreign(path)} is there already, is no plain file, and is left alone; give another name",
        (true, false) => $"{Plain.Foreign(path)} is there already and is left alone; replace it with --force, or give another name",
        _ when !Directory.Exists(DirectoryOf(path)) => $"{Plain.Foreign(path)} cannot be written: there is no directory {Plain.Foreign(DirectoryOf(path))}; make it, or give another name",
        _ => null,
    };

    /// <summary>Writes it: what is there stays as it is until all of the new is on disk.</summary>
    /// <param name="path">Its name, as it was given.</param>
    /// <param name="text">What it holds.</param>
    /// <param name="replace">Whether it may be there already.</param>
    /// <param name="cancellation">Ends it; nothing of it is left then.</param>
    /// <exception cref="UserError">It cannot be written.</exception>
    public static async Task WriteAsync(string path, string text, bool replace, CancellationToken cancellation)
    {
        try
        {
            await PutAsync(path, text, replace, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"{Plain.Foreign(path)} cannot be written: {Why(e, DirectoryOf(path))}", ExitCodes.Unavailable);
        }

        if (Flush(DirectoryOf(path)) is { } why) throw new UserError($"{Plain.Foreign(path)} is written, but may be gone after a power cut: {why}; see to its disk", ExitCodes.Unavailable);
    }

    private static async Task PutAsync(string path, string text, bool replace, CancellationToken cancellation)
    {
        // A name of its own, since a long one could not be made longer.
        var partial = Path.Combine(DirectoryOf(path), $".vedette-{Guid.NewGuid():N}.partial");
        try
        {
            await WriteAsync(partial, text, cancellation);
            Move(partial, path, replace);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private static void Move(string partial, string path, bool replace)
    {
        try
        {
            File.Move(partial, Path.GetFullPath(path), replace);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It may have come in between.
            if (Refuse(path, replace) is { } refusal) throw new UserError(refusal, ExitCodes.Usage);
            throw;
        }
    }

    // Why the name may not outlast a power cut. Who may write in a directory need not be allowed to open it, and not every disk can be asked: the file is there nevertheless.
    private static string? Flush(string directory)
    {
        try
        {
            DirectoryNames.Flush(directory);
            return null;
        }
        catch (IOException e)
        {
            return e.HResult is NotPermitted or Unsupported ? null : Plain.Foreign(e.Message.Split(" : '")[0].TrimEnd('.'));
        }
    }

    private static async Task WriteAsync(string partial, string text, CancellationToken cancellation)
    {
        await using var target = new FileStream(partial, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        await target.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation);
        target.Flush(flushToDisk: true);
    }

    private static string Why(Exception e, string directory) => e switch
    {
        UnauthorizedAccessException => $"this user may not write in {Plain.Foreign(directory)}; give another name, or be allowed to",
        IOException { HResult: NoSpace or QuotaExceeded } => "its disk is full; make room there",
        PathTooLongException => "its name is too long; give a shorter one",
        // Behind it .NET names a file that nobody gave.
        _ => $"{Plain.Foreign(e.Message.Split(" : '")[0].TrimEnd('.'))}; give another name",
    };

    private static string DirectoryOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
}
