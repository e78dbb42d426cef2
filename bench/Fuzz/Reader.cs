namespace Fuzz;

/// <summary>Something that reads what a peer sent.</summary>
/// <param name="Name">What it reads.</param>
/// <param name="Samples">What healthy peers send; hostile inputs are made from these.</param>
/// <param name="ReadAsync">Reads one input to its end. Throws only by mistake.</param>
internal sealed record Reader(string Name, byte[][] Samples, Func<byte[], ValueTask> ReadAsync)
{
    /// <summary>One that does not wait for anything.</summary>
    public static Reader Of(string name, byte[][] samples, Action<byte[]> read) => new(name, samples, input =>
    {
        read(input);
        return ValueTask.CompletedTask;
    });
}
