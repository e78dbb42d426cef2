using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vedette.Cli.Doctor;

/// <summary>How well something works here.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Health>))]
internal enum Health
{
    /// <summary>All of it.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>Some checks, or some of their options, do not work, or only so many of them.</summary>
    [JsonStringEnumMemberName("limited")]
    Limited,

    /// <summary>What needs it does not work at all.</summary>
    [JsonStringEnumMemberName("missing")]
    Missing,
}

/// <summary>One thing that this host was asked for.</summary>
/// <param name="Name">What it is, in a word or two.</param>
/// <param name="Health">How well it works.</param>
/// <param name="Says">What was found, and what that means for checks.</param>
/// <param name="Mend">The one command that mends it; null when there is nothing to mend, or no command does.</param>
internal sealed record Finding(string Name, Health Health, string Says, string? Mend = null)
{
    public static Finding Ok(string name, string says) => new(name, Health.Ok, says);

    public static Finding Limited(string name, string says, string? mend = null) => new(name, Health.Limited, says, mend);

    public static Finding Missing(string name, string says, string? mend = null) => new(name, Health.Missing, says, mend);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<Finding>))]
internal sealed partial class FindingJson : JsonSerializerContext
{
    /// <summary>Writes text as it is, as all JSON of this program.</summary>
    public static FindingJson Readable => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
