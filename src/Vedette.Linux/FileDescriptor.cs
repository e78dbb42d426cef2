using System.Runtime.InteropServices;

namespace Vedette.Linux;

/// <summary>A file descriptor that is closed once, and never while a system call uses it.</summary>
internal sealed class FileDescriptor() : SafeHandle(invalidHandleValue: -1, ownsHandle: true)
{
    // A C function that gives an int says nothing of the upper half of the register, which a handle takes with it.
    public override bool IsInvalid => Number < 0;

    public int Number => (int)handle;

    protected override bool ReleaseHandle() => Libc.Close(Number) == 0;
}
