using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Vedette;

/// <summary>How every record of the API, the command line and the result log is written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = false,
    Converters = [typeof(UtcMillisecondsConverter), typeof(CamelCaseEnumConverter<Status>), typeof(CamelCaseEnumConverter<Lifecycle>), typeof(CamelCaseEnumConverter<StepAction>), typeof(NamedTextsConverter)])]
[JsonSerializable(typeof(Check))]
[JsonSerializable(typeof(Result))]
[JsonSerializable(typeof(IReadOnlyList<Result>))]
[JsonSerializable(typeof(IAsyncEnumerable<Result>))]
[JsonSerializable(typeof(IEnumerable<Result>))]
[JsonSerializable(typeof(WatchedCheck))]
[JsonSerializable(typeof(IReadOnlyList<WatchedCheck>))]
[JsonSerializable(typeof(IEnumerable<WatchedCheck>))]
[JsonSerializable(typeof(IEnumerable<ListedId>))]
[JsonSerializable(typeof(IReadOnlyList<ListedId>))]
[JsonSerializable(typeof(CheckLine))]
[JsonSerializable(typeof(IEnumerable<CheckLine>))]
[JsonSerializable(typeof(Gap))]
[JsonSerializable(typeof(IReadOnlyList<Gap>))]
[JsonSerializable(typeof(CheckSummary))]
[JsonSerializable(typeof(Verification))]
[JsonSerializable(typeof(RemovedCheck))]
[JsonSerializable(typeof(ProblemReport))]
[JsonSerializable(typeof(AppliedConfiguration))]
[JsonSerializable(typeof(StorageTerms))]
[JsonSerializable(typeof(NamedList<string>))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(JsonObject))]
public sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>The one to use: it writes text as it is. Nobody puts this JSON into HTML, for which the default escapes quotes and all but ASCII.</summary>
    public static ApiJson Readable => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary>Enum members as <c>up</c>, <c>down</c>, <c>paused</c>.</summary>
public sealed class CamelCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
