using System.Net;
using System.Net.Sockets;

namespace Vedette.Cli.Doctor;

/// <summary>Whether a hub answers where this program looks for it.</summary>
internal static class HubExamination
{
    private const string Name = "hub";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static async Task<Finding> ExamineAsync(Uri hub, CancellationToken cancellation)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = !hub.IsLoopback, AllowAutoRedirect = false }) { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(new Uri(hub, "/readyz"), cancellation);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK => Finding.Ok(Name, $"one answers at {hub} and is ready"),
                HttpStatusCode.ServiceUnavailable => Finding.Limited(Name, $"one answers at {hub} and is not ready: {(await answer.Content.ReadAsStringAsync(cancellation)).Trim()}", "./vedette status"),
                _ => Finding.Limited(Name, $"something else than a hub answers at {hub}", "./vedette up --listen 127.0.0.1:7401"),
            };
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            return Finding.Ok(Name, $"none runs at {hub}, and its port is free");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            return Finding.Limited(Name, $"none answers at {hub}: {e.Message}");
        }
    }
}
