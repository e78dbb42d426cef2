using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Processes;
using Vedette;

namespace Browser;

/// <summary><c>vedette up</c> on a directory of its own, and its API.</summary>
internal sealed class Hub : IAsyncDisposable
{
    private readonly TemporaryDirectory data = new();
    private readonly int port = VedetteProcess.FreePort();
    private readonly HttpClient api;
    private VedetteProcess process;

    private Hub()
    {
        api = VedetteProcess.Client(port, token: null);
        process = VedetteProcess.Up(data.Path, port);
    }

    /// <summary>Where the page is.</summary>
    public Uri Address => api.BaseAddress!;

    /// <summary>The address that the program printed: the page's, with the token in its fragment.</summary>
    public Uri Printed { get; private set; } = new("about:blank");

    public string Token => File.ReadAllText(Path.Combine(data.Path, "admin.token")).Trim();

    public static async Task<Hub> StartAsync()
    {
        var hub = new Hub();
        await hub.ReadyAsync();
        hub.api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", hub.Token);
        // What a first start finds to watch on this machine is not what the tests look at.
        foreach (var first in (await hub.api.GetFromJsonAsync("api/v1/checks", ApiJson.Readable.IReadOnlyListWatchedCheck))!) await hub.RemoveAsync(first.Check.Id);
        return hub;
    }

    /// <summary>Starts the program again, when it was killed, on the same directory and port, and waits until it is ready.</summary>
    public async Task RestartAsync()
    {
        await process.DisposeAsync();
        process = VedetteProcess.Up(data.Path, port);
        await ReadyAsync();
    }

    /// <inheritdoc cref="VedetteProcess.KillAsync"/>
    public Task KillAsync() => process.KillAsync();

    /// <inheritdoc cref="VedetteProcess.FreezeAsync"/>
    public Task FreezeAsync() => process.FreezeAsync();

    /// <inheritdoc cref="VedetteProcess.ThawAsync"/>
    public Task ThawAsync() => process.ThawAsync();

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
        await process.DisposeAsync();
        api.Dispose();
        data.Dispose();
    }

    private async Task ReadyAsync()
    {
        Printed = await process.PrintedAsync();
        await process.ReadyAsync(port);
    }

    private async Task SendAsync(HttpMethod method, string path, string? json)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await api.SendAsync(request);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }
}
