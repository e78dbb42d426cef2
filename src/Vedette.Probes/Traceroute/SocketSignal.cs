using System.Net.Sockets;

namespace Vedette.Probes.Traceroute;

/// <summary>Tells when a socket has something to read, or an error waits on it, without taking anything away.</summary>
internal sealed class SocketSignal : IDisposable
{
    private readonly Socket socket;
    private readonly SocketAsyncEventArgs peek = new();
    private TaskCompletionSource? waiting;

    public SocketSignal(Socket socket)
    {
        this.socket = socket;
        peek.SetBuffer(new byte[1]);
        peek.Completed += (_, _) => waiting!.SetResult();
    }

    /// <summary>Completes when there is something. An error that was waiting is taken away; its report stays in the error queue.</summary>
    public Task ReadyAsync()
    {
        if (waiting is { Task.IsCompleted: false }) return waiting.Task;
        waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

        // Each receive leaves the flags of what it received here, and without this one it would take a packet away.
        peek.SocketFlags = SocketFlags.Peek;
        if (!socket.ReceiveAsync(peek)) waiting.SetResult();
        return waiting.Task;
    }

    /// <summary>After the socket was closed.</summary>
    public void Dispose() => peek.Dispose();
}
