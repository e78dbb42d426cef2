using System.Globalization;
using Pings;

var numbers = Array.ConvertAll(args, arg => int.Parse(arg, CultureInfo.InvariantCulture));
var targets = numbers[0];

// Compiling is not what a ping costs, and what runs for days has done with it: as many rounds as the runtime needs until it compiles nothing any more.
await using (var first = new EngineRounds(targets, period: TimeSpan.FromSeconds(1), spread: TimeSpan.FromMilliseconds(250)))
    await first.RunAsync(rounds: 8);
await using var engine = new EngineRounds(targets, period: TimeSpan.FromMilliseconds(numbers[2]), spread: TimeSpan.FromMilliseconds(numbers[3]));
var before = Environment.CpuUsage.TotalTime;
var answered = await engine.RunAsync(numbers[1]);
var spent = Environment.CpuUsage.TotalTime - before;
var pings = (long)targets * numbers[1];
await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{spent.TotalMicroseconds / pings:0.00} {pings - answered}"));
