using System.Buffers.Text;

namespace Vedette.Metrics;

/// <summary>The few fields of <c>/proc/self/stat</c> that are told on (proc_pid_stat(5)).</summary>
/// <param name="Threads">Field 20.</param>
/// <param name="StartTicks">Field 22: clock ticks from boot to the start of the process.</param>
/// <param name="VirtualBytes">Field 23.</param>
/// <param name="ResidentBytes">Field 24, which counts pages.</param>
internal readonly record struct ProcessStatus(long Threads, long StartTicks, long VirtualBytes, long ResidentBytes)
{
    public static ProcessStatus? Read()
    {
        Span<byte> buffer = stackalloc byte[ProcFile.Enough];
        return Parse(ProcFile.Read("/proc/self/stat", buffer));
    }

    /// <summary>Null for text that is not such a file.</summary>
    public static ProcessStatus? Parse(ReadOnlySpan<byte> text)
    {
        // The name of the program stands in parentheses and may hold spaces and parentheses itself.
        var name = text.LastIndexOf((byte)')');
        if (name < 0) return null;
        text = text[(name + 1)..];
        Span<long> fields = stackalloc long[25];
        for (var field = 3; field < fields.Length; field++)
        {
            text = text.TrimStart((byte)' ');
            var length = text.IndexOf((byte)' ');
            if (length <= 0) return null;
            // Field 3 is a letter.
            var isNumber = Utf8Parser.TryParse(text[..length], out long number, out var read) && read == length;
            if (!isNumber && field is 20 or 22 or 23 or 24) return null;
            fields[field] = number;
            text = text[length..];
        }

        return new ProcessStatus(fields[20], fields[22], fields[23], fields[24] * Environment.SystemPageSize);
    }
}
