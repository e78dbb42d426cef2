using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Vedette.Hub.Upkeep;
using Vedette.State.Sqlite;

namespace Vedette.Hub.Http;

/// <summary>The database as a whole: <c>/api/v1/backup</c> and <c>/api/v1/verify</c>. Both read all of it, so one at a time.</summary>
internal sealed class DatabaseEndpoints(Database database, string dataDirectory) : IDisposable
{
    public const string Backup = "/api/v1/backup";
    public const string Verify = "/api/v1/verify";

    private readonly SemaphoreSlim alone = new(1, 1);

    public async Task AnswerAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            await Answers.NotAllowedAsync(context, "GET");
            return;
        }

        if (!await alone.WaitAsync(TimeSpan.Zero))
        {
            await Answers.ProblemAsync(context, 409, "Busy", "another backup or verification is going on; wait for its end");
            return;
        }

        try
        {
            await (context.Request.Path == Backup ? SendCopyAsync(context) : VerifyAsync(context));
        }
        finally
        {
            alone.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => alone.Dispose();

    // Its name is gone as soon as it is open: whatever happens, nothing stays behind.
    private async Task SendCopyAsync(HttpContext context)
    {
        var path = Path.Combine(dataDirectory, "vedette.db.backup");
        await Task.Run(() => database.CopyTo(path), context.RequestAborted);
        await using var copy = new FileStream(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan });
        File.Delete(path);
        context.Response.ContentType = "application/vnd.sqlite3";
        context.Response.ContentLength = copy.Length;
        await copy.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    // Whoever asks knows at once that it was heard; the answer may take minutes.
    private async Task VerifyAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        await context.Response.StartAsync(context.RequestAborted);
        var verification = await Task.Run(() => Verifier.Verify(database.Reads, context.RequestAborted), context.RequestAborted);
        await JsonSerializer.SerializeAsync(context.Response.Body, verification, ApiJson.Readable.Verification, context.RequestAborted);
    }
}
