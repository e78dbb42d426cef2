using System.Diagnostics;
using System.Globalization;
using Fuzz;

var seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 60;
var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : RandomSeed();
var readers = (Reader[])[.. DnsReaders.All, .. PacketReaders.All, .. HttpReaders.All];
await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"seed {seed}, {seconds / readers.Length:0.0} s for each reader"));

var failed = false;
foreach (var reader in readers)
{
    var report = await new Session(reader, seed).RunAsync(TimeSpan.FromSeconds(seconds / readers.Length));
    await Console.Out.WriteLineAsync(report.ToString());
    failed |= report.Failure is not null;
}

return failed ? 1 : 0;

static int RandomSeed() => (int)(Stopwatch.GetTimestamp() & int.MaxValue);
