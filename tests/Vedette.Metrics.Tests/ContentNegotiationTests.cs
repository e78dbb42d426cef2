namespace Vedette.Metrics.Tests;

public sealed class ContentNegotiationTests
{
    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("*/*", false)]
    [InlineData("text/html, application/xhtml+xml, */*;q=0.8", false)]
    [InlineData("application/json", false)]
    [InlineData("text/plain", false)]
    [InlineData("application/openmetrics-text", true)]
    [InlineData("APPLICATION/OpenMetrics-Text; Version=1.0.0", true)]
    [InlineData("application/openmetrics-text; version=\"1.0.0\"; charset=UTF-8", true)]
    [InlineData("application/openmetrics-text;version=0.0.1", false)]
    [InlineData("application/openmetrics-text;version=2.0.0,*/*;q=0.1", false)]
    [InlineData("application/*", false)]
    [InlineData("application/*, text/*", false)]
    [InlineData("application/openmetrics-text, */*", true)]
    [InlineData("application/openmetrics-text, text/plain", true)]
    [InlineData("TEXT/Plain, application/openmetrics-text;q=0.9", false)]
    [InlineData("text/plain;q=0.5, application/openmetrics-text;q=0.4", false)]
    [InlineData("text/plain;q=0.4, application/openmetrics-text;q=0.5", true)]
    [InlineData("application/openmetrics-text;q=0, */*", false)]
    [InlineData("application/openmetrics-text;q=0", false)]
    [InlineData("*/*;q=0.9, application/openmetrics-text;q=0.1", false)]
    [InlineData("application/openmetrics-text;q=-1", true)]
    [InlineData("application/openmetrics-text;q=", false)]
    [InlineData("application/openmetrics-text;q=0.5;version=0.0.1", false)]
    [InlineData("application/x;note=\"a, application/openmetrics-text\"", false)]
    [InlineData(",, ;, / ,*, */openmetrics-text, application/openmetrics-text ; q=0.3 ,", true)]
    // Prometheus 2.42, 3.0, and VictoriaMetrics' agent.
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", true)]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", true)]
    [InlineData("text/plain;version=0.0.4;q=1,*/*;q=0.1", false)]
    public void The_format_is_the_one_more_welcome(string? accept, bool openMetrics) =>
        ContentNegotiation.PrefersOpenMetrics(accept).ShouldBe(openMetrics);

    [Fact]
    public void A_field_cut_anywhere_is_still_answered()
    {
        const string accept = "text/plain;version=0.0.4;q=0.3 , application/openmetrics-text;version=\"1.0.0\";note=\"a\\\",\";q=0.6";
        for (var length = 0; length <= accept.Length; length++) ContentNegotiation.PrefersOpenMetrics(accept[..length]);
        ContentNegotiation.PrefersOpenMetrics(accept).ShouldBeTrue();
    }

    [Fact]
    public void Each_format_names_its_version_and_its_encoding()
    {
        ContentNegotiation.ContentType(openMetrics: false).ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        ContentNegotiation.ContentType(openMetrics: true).ShouldBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
    }
}
