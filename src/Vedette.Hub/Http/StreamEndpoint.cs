using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Vedette.Hub.Live;

namespace Vedette.Hub.Http;

/// <summary><c>GET /api/v1/stream</c>: server-sent events (WHATWG HTML section 9.2), resumed after <c>Last-Event-ID</c>.</summary>
internal sealed class StreamEndpoint(LiveStream live, TimeProvider time)
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    public async Task SendAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            await Answers.NotAllowedAsync(context, "GET");
            return;
        }

        context.Response.ContentType = "text/event-stream";
        var output = context.Response.BodyWriter;
        var only = context.Request.Query["check"].FirstOrDefault();
        var last = context.Request.Headers["Last-Event-ID"].FirstOrDefault() ?? context.Request.Query["lastEventId"].FirstOrDefault();
        // Taken before the answer begins: what happens after a reader saw it begin is in its stream.
        var position = live.Position(last);
        Write(output, ": live\n\n");
        await output.FlushAsync(context.RequestAborted);
        try
        {
            await foreach (var message in live.ReadAsync(position, Silence, time, context.RequestAborted))
            {
                if (message is null) Write(output, ":\n\n");
                else if (only is null || message.Check is null || message.Check == only) Write(output, message);
                else continue;
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
