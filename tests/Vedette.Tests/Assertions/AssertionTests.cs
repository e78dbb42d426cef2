using Vedette.Tests.Kinds;

namespace Vedette.Tests.Assertions;

public sealed class AssertionTests
{
    [Theory]
    [InlineData("reply < 50ms", true)]
    [InlineData("reply<20ms", false)]
    [InlineData("reply >= 0.02", true)]
    [InlineData("echo_loss_ratio <= 20%", true)]
    [InlineData("echo_loss_ratio == 0.1", true)]
    [InlineData("echo_loss_ratio != 0.1", false)]
    [InlineData("version == \"TLS 1.3\"", true)]
    [InlineData("version != other", true)]
    [InlineData("duration > 1s", true)]
    [InlineData("connect < 1s", false)]
    public void It_compares_what_the_run_gave_and_a_missing_value_fails(string text, bool holds)
    {
        var run = new Observation().Up();
        run.AddPhase("reply", 0.02);
        run.Measure("echo_loss_ratio", 0.1);
        run.Describe("version", "TLS 1.3");

        var problems = new Problems();
        var assertion = Assertion.Parse(text, SampleKind.Kind, "assert[0]", problems);
        problems.Found.ShouldBeEmpty();
        assertion!.Holds(run, TimeSpan.FromSeconds(2)).ShouldBe(holds);
    }

    [Theory]
    [InlineData("reply")]
    [InlineData("reply < ")]
    [InlineData("reply = 3")]
    [InlineData("replly < 3ms")]
    [InlineData("version < new")]
    [InlineData("reply < 3ms extra")]
    public void What_cannot_be_meant_is_refused(string text)
    {
        var problems = new Problems();
        Assertion.Parse(text, SampleKind.Kind, "assert[0]", problems).ShouldBeNull();
        problems.Found.Count.ShouldBe(1);
    }

    [Fact]
    public void A_warning_says_so()
    {
        Assertion.Parse("warn: reply < 1ms", SampleKind.Kind, "", new Problems())!.Warns.ShouldBeTrue();
        Assertion.Parse("reply < 1ms", SampleKind.Kind, "", new Problems())!.Warns.ShouldBeFalse();
    }
}
