using System.Text;
using Vedette.Probes.Http;

namespace Vedette.Probes.Tests.Http;

public sealed class GrammarTests
{
    private const string Body = """{"state":"ok","load":[1,2.5,{"deep":null}],"n":-3,"b":true}""";

    [Theory]
    [InlineData("$.state == \"ok\"", true)]
    [InlineData("$.state != \"ok\"", false)]
    [InlineData("$.load[1] == 2.50", true)]
    [InlineData("$.load[2].deep == null", true)]
    [InlineData("$.n == -3", true)]
    [InlineData("$.b == false", false)]
    [InlineData("$.state", true)]
    [InlineData("$.load[9]", false)]
    [InlineData("$.none == 1", false)]
    public void A_json_path_finds_and_compares(string path, bool holds) =>
        (JsonPath.Parse(path).Explain(Encoding.UTF8.GetBytes(Body)) is null).ShouldBe(holds);

    [Theory]
    [InlineData("state == 1")]
    [InlineData("$.a = 1")]
    [InlineData("$.a == ok")]
    [InlineData("$.a[x]")]
    [InlineData("$..a")]
    public void What_is_no_json_path_is_refused(string path) => JsonPath.Refuse(path).ShouldNotBeNull();

    [Theory]
    [InlineData("$ == 1", " 1 ", null)]
    [InlineData("$.a == 2", """{"a":1,"a":2}""", null)]
    [InlineData("$.a.b == 2", """{"a":{"b":2},"b":1}""", null)]
    [InlineData("$.b == 1", """{"a":{"b":2},"b":1}""", null)]
    [InlineData("$[1][0] == 3", "[[1,2],[3,4],5]", null)]
    [InlineData("$.a == {\"b\":[1,2]}", """{"a": { "b" : [1, 2.0] } }""", null)]
    [InlineData("$.a != 1", """{"a":[1,1,1]}""", null)]
    [InlineData("$.a == 1", """{"\u0061":1}""", null)]
    [InlineData("$.a.b", """{"a":1}""", "the body has no such element")]
    [InlineData("$.a[0]", """{"a":{"b":1}}""", "the body has no such element")]
    [InlineData("$.a == 2", """{"a": "one" }""", "it was \"one\"")]
    [InlineData("$.a == 2", "[1] [2]", "the body is not JSON")]
    [InlineData("$.a", """{"a":1,"b":tru}""", "the body is not JSON")]
    [InlineData("$.a", "", "the body is not JSON")]
    public void A_json_path_leads_to_the_last_of_its_name_in_what_is_json_to_its_end(string path, string body, string? sentence)
    {
        var said = JsonPath.Parse(path).Explain(Encoding.UTF8.GetBytes(body));
        if (sentence is null) said.ShouldBeNull();
        else said.ShouldNotBeNull().ShouldContain(sentence);
    }

    [Theory]
    [InlineData("$.a", """{"\ud800aaa":1}""")]
    [InlineData("$.a == \"x\"", """{"a":"\ud800"}""")]
    [InlineData("$.a == {\"b\":1}", """{"a":{"\ud800":1}}""")]
    public void Json_with_half_a_character_does_not_fulfil_and_is_no_bug_of_ours(string path, string body) =>
        JsonPath.Parse(path).Explain(Encoding.UTF8.GetBytes(body)).ShouldNotBeNull();

    [Fact]
    public void Json_cut_at_any_byte_is_said_to_be_none()
    {
        var bytes = Encoding.UTF8.GetBytes(Body);
        for (var cut = 0; cut < bytes.Length; cut++) JsonPath.Parse("$.state").Explain(bytes.AsMemory(0, cut)).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("200", null)]
    [InlineData("200-299, 404", null)]
    [InlineData("299-200", "range")]
    [InlineData("20", "range")]
    [InlineData("ok", "range")]
    public void Status_sets_are_ranges_of_three_digits(string text, string? complaint) =>
        (StatusSet.Refuse(text) is null).ShouldBe(complaint is null);

    [Theory]
    [InlineData("X-Key: v", true)]
    [InlineData("X Key: v", false)]
    [InlineData("X-Key", false)]
    [InlineData("X: a\r\nHost: b", false)]
    [InlineData("Content-Length: 5", false)]
    public void Header_fields_cannot_break_the_request(string field, bool accepted) => (HeaderField.Refuse(field) is null).ShouldBe(accepted);

    [Theory]
    [InlineData("(a")]
    [InlineData("(a)\\1")]
    public void Patterns_that_could_run_away_are_refused(string pattern) => BodyRules.RefuseRegex(pattern).ShouldNotBeNull();
}
