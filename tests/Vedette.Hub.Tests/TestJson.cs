using System.Text.Json.Serialization;

namespace Vedette.Hub.Tests;

[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(Live.CountedWord))]
internal sealed partial class TestJson : JsonSerializerContext;
