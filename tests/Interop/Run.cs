using System.Text.Json;
using Processes;
using Vedette;

namespace Interop;

internal static class Run
{
    public static Task<Result> CheckAsync(params string[] arguments) => InAsync(null, arguments);

    /// <summary>Runs a check as a user would, and holds the program to its exit codes on the way.</summary>
    public static async Task<Result> InAsync(string? networkNamespace, params string[] arguments) =>
        Read(await VedetteProcess.RunCheckAsync(networkNamespace, arguments));

    /// <summary>The same without CAP_NET_RAW, as somebody who is not root.</summary>
    public static async Task<Result> WithoutRawSocketsAsync(string networkNamespace, params string[] arguments) =>
        Read(await VedetteProcess.RunCheckWithoutAsync("net_raw", networkNamespace, arguments));

    private static Result Read((int, string) ended)
    {
        var (exitCode, json) = ended;
        var result = JsonSerializer.Deserialize(json, ApiJson.Readable.Result)!;
        exitCode.ShouldBe(result.Status switch { Status.Up => 0, Status.Degraded => 1, Status.Down => 2, _ => 3 }, json);
        return result;
    }

    public static double Measured(this Result result, string name)
    {
        result.Measurements.TryGet(name, out var value).ShouldBeTrue($"no {name}");
        return value;
    }

    public static string Attribute(this Result result, string name)
    {
        result.Attributes.TryGet(name, out var value).ShouldBeTrue($"no {name}");
        return value;
    }
}
