using Microsoft.Win32.SafeHandles;

namespace Vedette.Linux;

/// <summary>A file descriptor that is closed once, and never while a system call uses it.</summary>
internal sealed class FileDescriptor() : SafeHandleMinusOneIsInvalid(ownsHandle: true)
{
    public int Number => (int)handle;

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
