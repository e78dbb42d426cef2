using System.Text.Json.Serialization;

namespace Vedette.Hub.Tests;

[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class TestJson : JsonSerializerContext;
