using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vedette.Linux.Host;

/// <summary>The names that a directory holds.</summary>
public static class DirectoryNames
{
    // fcntl.h: to read, and not for programs that are started meanwhile.
    private const int ReadOnlyCloseOnExec = 0x80000;

    /// <summary>Returns when what was made, moved or removed in a directory is durable: for that fsync(2) of the files themselves is not enough.</summary>
    /// <exception cref="IOException">The directory is not there, or the disk refuses.</exception>
    public static void Flush(string directory)
    {
        using var opened = new SafeFileHandle(Libc.Open(directory, ReadOnlyCloseOnExec), ownsHandle: true);
        if (opened.IsInvalid || Libc.Sync(opened) != 0) throw new IOException($"{Marshal.GetLastPInvokeErrorMessage()} : '{directory}'", Marshal.GetLastPInvokeError());
    }
}
