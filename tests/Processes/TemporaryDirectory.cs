namespace Processes;

public sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("vedette-faults-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
