using System.Globalization;
using Pings;

var numbers = Array.ConvertAll(args, arg => int.Parse(arg, CultureInfo.InvariantCulture));
await using var engine = new EngineRounds(targets: numbers[0], period: TimeSpan.FromMilliseconds(numbers[2]), spread: TimeSpan.FromMilliseconds(numbers[3]));

// Compiling is not what a ping costs.
await engine.RunAsync(rounds: 1);
var before = Environment.CpuUsage.TotalTime;
var answered = await engine.RunAsync(numbers[1]);
var spent = Environment.CpuUsage.TotalTime - before;
var pings = (long)numbers[0] * numbers[1];
await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{spent.TotalMicroseconds / pings:0.00} {pings - answered}"));
