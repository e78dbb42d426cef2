using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Processes;

/// <summary>The built program as a process of its own, and the ways to end it.</summary>
public sealed class VedetteProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process process;
    private readonly Written output;
    private readonly Written errors;

    private VedetteProcess(Process process)
    {
        this.process = process;
        output = new(process.StandardOutput);
        errors = new(process.StandardError);
    }

    public int Id => process.Id;

    public TimeSpan CpuTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    public static VedetteProcess Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program()) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NO_COLOR"] = "1";
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return new(Process.Start(start)!);
    }

    public static VedetteProcess Up(string data, int port) =>
        Start("up", "--data", data, "--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"));

    /// <summary>Waits until the process ends by itself.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, await output.WholeAsync(), await errors.WholeAsync());
    }

    /// <summary><c>kill -9</c>: no handler runs, nothing is flushed.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary><c>kill -TERM</c>, and waits for the end it makes by itself.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> StopAsync()
    {
        await SignalAsync("-TERM");
        return await EndAsync();
    }

    /// <summary>Stops the process where it stands: its connections stay open, and nothing comes any more.</summary>
    public Task FreezeAsync() => SignalAsync("-STOP");

    /// <summary>Lets a frozen process go on.</summary>
    public Task ThawAsync() => SignalAsync("-CONT");

    /// <summary>Waits until the address of the page is printed, with the token in its fragment.</summary>
    public async Task<Uri> PrintedAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var address = await output.WordAsync(word => word.Contains("#token=", StringComparison.Ordinal), patience.Token);
        return new Uri(address ?? throw new InvalidOperationException($"vedette ended without printing the address of its page: {await errors.WholeAsync()}"));
    }

    /// <summary>Waits until <c>/readyz</c> answers 200, and says how long that took.</summary>
    public async Task<TimeSpan> ReadyAsync(int port)
    {
        using var http = Client(port, token: null);
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < Patience)
        {
            if (process.HasExited) throw new InvalidOperationException($"vedette ended with {process.ExitCode}: {await errors.WholeAsync()}{await output.WholeAsync()}");
            try
            {
                using var answer = await http.GetAsync(new Uri("/readyz", UriKind.Relative));
                if (answer.StatusCode == HttpStatusCode.OK) return waited.Elapsed;
            }
            catch (HttpRequestException)
            {
                await Task.Yield();
            }
        }

        throw new TimeoutException("/readyz did not answer 200 within 20 s");
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) await KillAsync();
        process.Dispose();
    }

    public static HttpClient Client(int port, string? token)
    {
        var http = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")) };
        if (token is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    public static HttpClient Client(int port, string data, bool authorized) =>
        Client(port, authorized ? File.ReadAllText(Path.Combine(data, "admin.token")).Trim() : null);

    /// <summary>A loopback port that nothing listened on a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Runs one check with <c>check run --json</c>, optionally inside a network namespace; its exit code and result.</summary>
    public static async Task<(int ExitCode, string Json)> RunCheckAsync(string? networkNamespace, params string[] arguments)
    {
        string[] command = [Program(), "check", "run", .. arguments, "--json"];
        return await ReadAsync(networkNamespace is null ? command : ["ip", "netns", "exec", networkNamespace, .. command]);
    }

    /// <summary>The same inside a network namespace, without a capability such as <c>net_raw</c>.</summary>
    public static Task<(int ExitCode, string Json)> RunCheckWithoutAsync(string capability, string networkNamespace, params string[] arguments) =>
        ReadAsync(["ip", "netns", "exec", networkNamespace, "setpriv", $"--bounding-set=-{capability}", Program(), "check", "run", .. arguments, "--json"]);

    /// <summary>The same as on a host in another time zone.</summary>
    public static Task<(int ExitCode, string Json)> RunCheckInZoneAsync(string zone, params string[] arguments) =>
        ReadAsync(["env", $"TZ={zone}", Program(), "check", "run", .. arguments, "--json"]);

    private Task SignalAsync(string signal) => Command.MustAsync("kill", signal, process.Id.ToString(CultureInfo.InvariantCulture));

    private static async Task<(int ExitCode, string Json)> ReadAsync(string[] command)
    {
        var (exitCode, json, errors) = await Command.RunAsync(command[0], command[1..]);
        return json.Length > 0 ? (exitCode, json) : throw new InvalidOperationException($"check run ended with {exitCode}: {errors}");
    }

    /// <summary>Where the built program is.</summary>
    public static string Program([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../artifacts/vedette/Vedette.Cli"));
}
