using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Vedette.Cli.Rendering;
using Vedette.Probes;
using Vedette.Probes.Connect;
using Vedette.Probes.Resolve;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette check run KIND TARGET</c>: one run here and now, exactly as the schedule would do it.</summary>
internal static class CheckRunVerb
{
    public static Command Create()
    {
        var options = new CheckOptions(ProbeSet.Catalogue);
        var json = new Option<bool>("--json") { Description = "Print the result as one JSON object." };
        var command = new Verb("run", "Run a check once, here and now; no hub needed.", "check run tcp example.org:443 --set tls=true") { More = options.KindHelp };
        options.AddRunTo(command);
        command.Add(json);
        command.SetAction((parsed, cancellation) =>
        {
            var problems = new Problems();
            var draft = options.Draft(parsed, problems);
            return RunAsync(draft, problems, parsed.GetValue(json), cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(CheckDraft draft, Problems problems, bool json, CancellationToken cancellation)
    {
        // A run without a schedule has no interval to be cut to: the longest one leaves the timeout to the user.
        var check = new CheckRules(ProbeSet.Catalogue).Create(draft with { Interval = CheckDefaults.LongestInterval }, _ => false, problems);
        if (check is null) throw UserError.Of(problems);
        await using var probes = new ProbeSet(new AddressPolicy(allowLoopback: true));
        var bound = BoundCheck.Bind(check, probes.Find(check.Kind)!, problems) ?? throw UserError.Of(problems);

        var time = TimeProvider.System;
        using var lateness = new LatenessWatch(time);
        var runner = new Runner(CheckDefaults.BuiltInAgent, time, lateness, NullLogger<Runner>.Instance);
        await Rehearsal.PlayAsync(check, time);
        var result = await runner.RunAsync(bound, time.GetUtcNow(), cancellation);

        await Console.Out.WriteAsync(json
            ? JsonSerializer.Serialize(result, ApiJson.Readable.Result) + '\n'
            : new ResultText(Palette.ForConsole()).Render(check, result, probes.Find(check.Kind)!.Descriptor, Columns.OfConsole));
        return ExitCodes.Of(result.Status);
    }
}
