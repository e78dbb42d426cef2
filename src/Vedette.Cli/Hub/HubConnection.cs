using System.Net;
using System.Net.Sockets;

namespace Vedette.Cli.Hub;

/// <summary>
/// A connection to a hub. Whoever reads on its own thread cannot be told to stop: such reads end by themselves, all together within a time, so that
/// neither a hub that falls silent nor one that says a byte now and then holds it.
/// </summary>
internal sealed class HubConnection : NetworkStream
{
    private readonly Func<TimeSpan> left;

    private HubConnection(Socket socket, Func<TimeSpan> left)
        : base(socket, ownsSocket: true) => this.left = left;

    /// <summary>Connects, on this thread.</summary>
    /// <param name="hub">Where the hub is.</param>
    /// <param name="left">How long what is read on the thread of a caller may take still.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="SocketException">Nobody is there.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static HubConnection To(EndPoint hub, Func<TimeSpan> left, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // A host that drops what it gets would hold the thread for two minutes.
            using (cancellation.UnsafeRegister(static held => ((Socket)held!).Dispose(), socket)) socket.Connect(hub);
            cancellation.ThrowIfCancellationRequested();
            return new(socket, left);
        }
        catch (Exception e) when (cancellation.IsCancellationRequested)
        {
            socket.Dispose();
            throw new OperationCanceledException("The connection was given up.", e, cancellation);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Into a span is read by way of this: so it is with whatever is made of a <see cref="NetworkStream"/>.</remarks>
    public override int Read(byte[] buffer, int offset, int count)
    {
        var most = (int)Math.Ceiling(left().TotalMilliseconds);
        if (most <= 0) throw new IOException("the time is over", new SocketException((int)SocketError.TimedOut));
        Socket.ReceiveTimeout = most;
        return base.Read(buffer, offset, count);
    }
}
