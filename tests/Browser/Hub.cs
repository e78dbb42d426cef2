using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text;
using Processes;
using Vedette;

namespace Browser;

/// <summary>The built program as a process, <c>vedette up</c> on a directory of its own, and its API.</summary>
internal sealed class Hub : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TemporaryDirectory data = new();
    private readonly string listen = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{VedetteProcess.FreePort()}");
    private readonly HttpClient api;
    private Process? process;
    private Task rest = Task.CompletedTask;

    private Hub() => api = new() { BaseAddress = new Uri($"http://{listen}/"), Timeout = Patience };

    /// <summary>Where the page is.</summary>
    public Uri Address => api.BaseAddress!;

    /// <summary>The address that the program printed: the page's, with the token in its fragment.</summary>
    public Uri Printed { get; private set; } = new("about:blank");

    public string Token => File.ReadAllText(Path.Combine(data.Path, "admin.token")).Trim();

    public static async Task<Hub> StartAsync()
    {
        var hub = new Hub();
        await hub.RunAsync();
        hub.api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", hub.Token);
        // What a first start finds to watch on this machine is not what the tests look at.
        foreach (var first in (await hub.api.GetFromJsonAsync("api/v1/checks", ApiJson.Readable.IReadOnlyListWatchedCheck))!) await hub.RemoveAsync(first.Check.Id);
        return hub;
    }

    /// <summary>Starts the program, again on the same directory and port, and waits until it is ready.</summary>
    public async Task RunAsync()
    {
        var start = new ProcessStartInfo(Program()) { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var argument in (string[])["up", "--data", data.Path, "--listen", listen]) start.ArgumentList.Add(argument);
        await rest;
        process?.Dispose();
        process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        Printed = await ReadAddressAsync(process.StandardOutput, patience.Token);
        // What it says later is read too, or it would wait for a reader one day.
        rest = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        while (!await IsReadyAsync(patience.Token)) await Task.Yield();
    }

    /// <summary><c>kill -9</c>: nobody says good-bye to the page.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Stops the process where it stands: its connections stay open, and nothing comes any more.</summary>
    public Task FreezeAsync() => SignalAsync("-STOP");

    public Task ThawAsync() => SignalAsync("-CONT");

    /// <summary>Adds a check from the JSON of the API.</summary>
    public Task AddAsync(string check) => SendAsync(HttpMethod.Post, "api/v1/checks", check);

    public Task EditAsync(string id, string patch) => SendAsync(HttpMethod.Patch, $"api/v1/checks/{id}", patch);

    public Task RemoveAsync(string id) => SendAsync(HttpMethod.Delete, $"api/v1/checks/{id}", null);

    /// <summary>pause, resume, stop or start.</summary>
    public Task TellAsync(string id, string verb) => SendAsync(HttpMethod.Post, $"api/v1/checks/{id}/{verb}", null);

    /// <summary>The page as the server sends it.</summary>
    public Task<HttpResponseMessage> GetPageAsync() => api.GetAsync(Address);

    /// <summary>A reader of the stream beside the browser.</summary>
    public async Task<Stream> OpenStreamAsync(CancellationToken cancellation) => await api.GetStreamAsync(new Uri("api/v1/stream", UriKind.Relative), cancellation);

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            await ThawAsync();
            await KillAsync();
        }

        await rest;
        process?.Dispose();
        api.Dispose();
        data.Dispose();
    }

    private static async Task<Uri> ReadAddressAsync(StreamReader output, CancellationToken cancellation)
    {
        while (await output.ReadLineAsync(cancellation) is { } line)
            if (line.Split(' ').FirstOrDefault(word => word.Contains("#token=", StringComparison.Ordinal)) is { } address) return new Uri(address);
        throw new InvalidOperationException("vedette up ended without printing the address of its page");
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellation)
    {
        try
        {
            using var answer = await api.GetAsync(new Uri("readyz", UriKind.Relative), cancellation);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task SendAsync(HttpMethod method, string path, string? json)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await api.SendAsync(request);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    private Task SignalAsync(string signal) => Command.MustAsync("kill", signal, process!.Id.ToString(CultureInfo.InvariantCulture));

    private static string Program([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../artifacts/bin/Vedette.Cli/release/Vedette.Cli"));
}
