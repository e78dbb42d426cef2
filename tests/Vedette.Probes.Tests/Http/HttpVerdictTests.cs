using System.Text;
using Vedette.Probes.Http;

namespace Vedette.Probes.Tests.Http;

public sealed class HttpVerdictTests
{
    // Making the states for this takes the engine hundreds of milliseconds; what is over at once could not be left behind.
    private const string Laborious = "(a[a-d]{20,300}b)+e";

    [Theory]
    [InlineData(true, Reasons.AgentLate, "could not search the body for '(a[a-d]{20,300}b)+e' before the deadline of 1ms")]
    [InlineData(false, Reasons.Cancelled, "given up while searching the body")]
    public async Task A_search_that_outlasts_its_run_is_left_behind_and_says_nothing_of_the_target(bool expired, string reason, string says)
    {
        using var over = new CancellationTokenSource();
        await over.CancelAsync();
        var run = new RunContext(TimeProvider.System, TimeProvider.System.GetTimestamp(), expired ? TimeSpan.FromMilliseconds(1) : TimeSpan.FromMinutes(1), over.Token);
        var seen = await HttpVerdict.JudgeAsync(new Observation(), Terms(), Answer(), run);
        (seen.Status, seen.Reason).ShouldBe((Status.Unknown, reason), seen.Message);
        seen.Message.ShouldNotBeNull().ShouldContain(says);
    }

    private static HttpTerms Terms() =>
        new("http://127.0.0.1/", new OptionValues(HttpProbe.Kind, Parameters.Empty.With("regex", Laborious)));

    private static Response Answer()
    {
        using var answer = new HttpResponseMessage();
        var random = new Random(1);
        var body = new ReceivedBody(1024 * 1024, keep: true);
        body.Take(Encoding.ASCII.GetBytes(random.GetItems("abcd".AsSpan(), 1024 * 1024 - 1)));
        body.Take("e"u8);
        return new(ResponseHead.From(answer).Head!, body, TimeSpan.Zero);
    }
}
