using Microsoft.AspNetCore.Http;

namespace Vedette.Hub.Http;

/// <summary>The page and what it is made of, embedded in the program.</summary>
internal static class StaticPage
{
    private static readonly Dictionary<string, (string Type, byte[] Content)> Files = new()
    {
        ["/"] = ("text/html; charset=utf-8", Load("index.html")),
        ["/app.js"] = ("text/javascript; charset=utf-8", Load("app.js")),
        ["/app.css"] = ("text/css; charset=utf-8", Load("app.css")),
    };

    public static bool Has(PathString path) => Files.ContainsKey(path.Value ?? "");

    public static async Task SendAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            await Answers.NotAllowedAsync(context, "GET, HEAD");
            return;
        }

        var (type, content) = Files[context.Request.Path.Value!];
        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(content, context.RequestAborted);
    }

    private static byte[] Load(string name)
    {
        using var stream = typeof(StaticPage).Assembly.GetManifestResourceStream(name)!;
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
