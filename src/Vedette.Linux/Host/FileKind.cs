namespace Vedette.Linux.Host;

/// <summary>What a name in a directory is, asked of the kernel: .NET tells devices and pipes from plain files nowhere.</summary>
public static unsafe class FileKind
{
    // fcntl.h: from the working directory on, and of a link the link itself.
    private const int WorkingDirectory = -100;
    private const int NoFollow = 0x100;

    // linux/stat.h: STATX_TYPE, and where struct statx, which is the same on every architecture, has its stx_mode.
    private const uint Type = 1;
    private const int Length = 256;
    private const int ModeAt = 28;

    // stat.h S_IFMT, S_IFREG.
    private const int TypeMask = 0xF000;
    private const int Regular = 0x8000;

    /// <summary>Whether it is a plain file, and no link, directory, device or pipe (statx(2)); null when there is nothing of that name, or nothing that may be seen.</summary>
    public static bool? IsPlain(string path)
    {
        var status = stackalloc byte[Length];
        if (Libc.Status(WorkingDirectory, path, NoFollow, Type, status) != 0) return null;
        return (*(ushort*)(status + ModeAt) & TypeMask) == Regular;
    }
}
