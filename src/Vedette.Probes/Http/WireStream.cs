using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using Vedette.Probes.Connect;

namespace Vedette.Probes.Http;

/// <summary>
/// A connection whose halves both say what broke it. The kernel tells the error of a connection once, to whichever half asks first; after that
/// reading finds an orderly end and writing a broken pipe, neither of which happened.
/// </summary>
/// <param name="socket">Connected; it stays the caller's. One read and one write at a time.</param>
internal sealed class WireStream(Socket socket) : NetworkStream(socket, ownsSocket: false)
{
    // struct tcp_info of linux/tcp.h begins with the state; net/tcp_states.h: TCP_CLOSE is 7.
    private const int IpProtoTcp = 6;
    private const int TcpInfo = 11;
    private const byte Closed = 7;

    private Task reading = Task.CompletedTask;
    private Task writing = Task.CompletedTask;
    private SocketException? broken;
    private bool ended;
    private bool unread;

    /// <summary>Keeps what comes first, where somebody wants to know.</summary>
    public OpeningBytes? Heard { get; set; }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var told = Begin(ref reading);
        try
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            Heard?.Keep(buffer.Span[..read]);
            if (read > 0 || buffer.IsEmpty) return read;
            if (!IsGone()) Volatile.Write(ref ended, true);
        }
        catch (IOException e)
        {
            Remember(e);
            throw;
        }
        finally
        {
            told.SetResult();
        }

        await ThrowIfBrokenAsync(Volatile.Read(ref writing), cancellationToken);
        return 0;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var told = Begin(ref writing);
        IOException failure;
        try
        {
            await base.WriteAsync(buffer, cancellationToken);
            return;
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.Shutdown })
        {
            Volatile.Write(ref unread, true);
            failure = e;
        }
        catch (IOException e)
        {
            Remember(e);
            throw;
        }
        finally
        {
            told.SetResult();
        }

        await ThrowIfBrokenAsync(Volatile.Read(ref reading), cancellationToken);
        ExceptionDispatchInfo.Throw(failure);
    }

    // Before the kernel is asked: who finds the connection gone then knows whom to wait for.
    private static TaskCompletionSource Begin(ref Task half)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref half, told.Task);
        return told;
    }

    private void Remember(IOException exception)
    {
        if (exception.InnerException is SocketException { SocketErrorCode: not SocketError.OperationAborted } cause)
            Interlocked.CompareExchange(ref broken, cause, null);
    }

    // The other half may have been told and not have come to say so. With the connection gone it waits for nothing else, so this is short.
    private async ValueTask ThrowIfBrokenAsync(Task otherHalf, CancellationToken cancellation)
    {
        if (!IsGone()) return;
        await otherHalf.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if ((Volatile.Read(ref broken) ?? Untold()) is { } cause) throw new IOException(cause.Message, cause);
    }

    // In the midst of a large buffer the framework writes once more after the error, and tells only of the broken pipe that it finds then. What takes
    // a connection away without an end before is a reset.
    private SocketException? Untold() => Volatile.Read(ref unread) && !Volatile.Read(ref ended) ? new((int)SocketError.ConnectionReset) : null;

    private bool IsGone()
    {
        Span<byte> state = stackalloc byte[1];
        return Socket.GetRawSocketOption(IpProtoTcp, TcpInfo, state) == state.Length && state[0] == Closed;
    }
}
