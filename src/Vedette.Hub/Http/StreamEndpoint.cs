using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Vedette.Hub.Live;

namespace Vedette.Hub.Http;

/// <summary><c>GET /api/v1/stream</c>: server-sent events (WHATWG HTML section 9.2), resumed after <c>Last-Event-ID</c>.</summary>
internal sealed class StreamEndpoint(LiveStream live, TimeProvider time)
{
    private const int MostReaders = 200;

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);
    private static readonly string[] Keys = ["check", "lastEventId"];

    private int readers;

    public async Task SendAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            await Answers.NotAllowedAsync(context, "GET");
            return;
        }

        var problems = new Problems();
        ResultsQuery.RefuseUnknown(context.Request.Query, Keys, problems);
        if (!problems.None)
        {
            await Answers.InvalidQueryAsync(context, problems);
            return;
        }

        try
        {
            if (Interlocked.Increment(ref readers) <= MostReaders) await FollowAsync(context);
            else await Answers.ProblemAsync(context, 503, "Too many readers", $"{MostReaders} streams are open, which is as many as this hub serves; close one");
        }
        finally
        {
            Interlocked.Decrement(ref readers);
        }
    }

    private async Task FollowAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        var output = context.Response.BodyWriter;
        var only = context.Request.Query["check"].FirstOrDefault();
        var last = context.Request.Headers["Last-Event-ID"].FirstOrDefault() ?? context.Request.Query["lastEventId"].FirstOrDefault();
        // Taken before the answer begins: what happens after a reader saw it begin is in its stream.
        var position = live.Position(last);
        Write(output, ": live\n\n");
        await output.FlushAsync(context.RequestAborted);
        var spoke = time.GetTimestamp();
        try
        {
            await foreach (var messages in live.ReadAsync(position, Silence, time, context.RequestAborted))
            {
                var wanted = messages.Where(message => only is null || message.Check is null || message.Check == only).ToList();
                if (wanted.Count == 0 && messages.Count > 0 && time.GetElapsedTime(spoke) < Silence) continue;
                if (wanted.Count == 0) Write(output, ":\n\n");
                foreach (var message in wanted) Write(output, message);
                spoke = time.GetTimestamp();
                await output.FlushAsync(context.RequestAborted);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
    }

    private static void Write(PipeWriter output, LiveEvent message)
    {
        Write(output, $"id: {message.Id}\nevent: {message.Kind}\ndata: ");
        output.Write(message.Json);
        Write(output, "\n\n");
    }

    private static void Write(PipeWriter output, string text) => Encoding.UTF8.GetBytes(text, output);
}
