using System.Diagnostics;
using System.Globalization;
using Soak;

var length = TimeSpan.FromHours(double.Parse(args[0], CultureInfo.InvariantCulture));
var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : (int)(Stopwatch.GetTimestamp() & int.MaxValue);
await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"seed {seed}, {length.TotalMinutes:0.#} minutes"));

await using var oracle = new Oracle();
using var course = new Course(oracle, seed);
var problems = await course.RunAsync(length);
foreach (var problem in problems.Take(20)) await Console.Out.WriteLineAsync(problem);
await Console.Out.WriteLineAsync(problems.Count == 0 ? "nothing lost, nothing twice, every gap told" : string.Create(CultureInfo.InvariantCulture, $"{problems.Count} problems"));
return problems.Count == 0 ? 0 : 1;
