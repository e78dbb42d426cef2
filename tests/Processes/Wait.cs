using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Processes;

/// <summary>Waits on conditions of the outside world.</summary>
public static class Wait
{
    /// <summary>Until something listens on a loopback port.</summary>
    public static async Task ForListenerAsync(int port)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < TimeSpan.FromSeconds(10))
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                await Task.Yield();
            }
        }

        throw new TimeoutException($"nothing listened on port {port} within 10 s");
    }
}
