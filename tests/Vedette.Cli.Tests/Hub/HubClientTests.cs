using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Vedette.Cli.Echo;
using Vedette.Cli.Hub;
using Vedette.Probes.Tests.Icmp;

namespace Vedette.Cli.Tests.Hub;

[Collection(nameof(Console))]
public sealed class HubClientTests : IDisposable
{
    private const string Secret = "vedette_secret-of-this-machine";

    private readonly string data = Directory.CreateTempSubdirectory("vedette-cli-").FullName;

    public HubClientTests() => File.WriteAllText(Path.Combine(data, "admin.token"), Secret + "\n");

    public void Dispose() => Directory.Delete(data, recursive: true);

    [Theory]
    [InlineData("status")]
    [InlineData("check", "list")]
    [InlineData("check", "remove", "web")]
    [InlineData("check", "add", "tcp", "127.0.0.1:9")]
    [InlineData("results", "web", "--follow")]
    public async Task Without_a_hub_every_verb_says_how_to_get_one(params string[] arguments)
    {
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await FailsAsync($"no hub can be reached at http://{nobody.LocalEndPoint}: Connection refused; start one with: vedette up, or give its address with --hub", $"http://{nobody.LocalEndPoint}", arguments);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_said_to() =>
        await FailsAsync("no hub can be reached at http://no-such-host.invalid:7400: ", "http://no-such-host.invalid:7400", "status");

    [Fact]
    public async Task What_is_not_a_hub_is_said_to_be_none()
    {
        using var stop = new CancellationTokenSource();
        var sickness = new Sickness(TimeSpan.Zero, 0, Hangs: false);
        using var web = new EchoWebServer(new IPEndPoint(IPAddress.Loopback, 0), sickness);
        using var echo = new EchoServer(new IPEndPoint(IPAddress.Loopback, 0), sickness);
        var running = Task.WhenAll(web.RunAsync(stop.Token), echo.RunAsync(stop.Token));
        await FailsAsync($"what answers at http://{web.Address} is not a Vedette hub that this program understands (404, text/plain); check --hub", $"http://{web.Address}", "status");
        await FailsAsync($"what answers at http://{echo.Address} does not speak HTTP; check --hub", $"http://{echo.Address}", "status");
        await stop.CancelAsync();
        await running;
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{]")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\nnull")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n[{\"id\":7}]")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 401 Unauthorized\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n")]
    public async Task An_answer_that_no_hub_gives_is_refused(string answer)
    {
        var (exitCode, errors, _) = await AskOneAsync(IPAddress.Loopback, answer);
        exitCode.ShouldBe(ExitCodes.Unavailable);
        errors.ShouldContain("is not a Vedette hub that this program understands");
    }

    [Theory]
    [InlineData("Content-Length: 500\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5b\r\n")]
    public async Task A_hub_that_goes_in_the_middle_of_its_list_is_said_to(string framing)
    {
        const string Half = """[{"id":"a","kind":"tcp","target":"x:1","lifecycle":"active","status":"up"},{"id":"b","kin""";
        var (exitCode, errors, _) = await AskOneAsync(IPAddress.Loopback, $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{framing}{Half}");
        exitCode.ShouldBe(ExitCodes.Unavailable);
        errors.ShouldMatch("^vedette: the hub at http://127.0.0.1:[0-9]+ broke off in the middle of its answer: [^\n]+; see its log, and ask again\n$");
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n[")]
    public async Task A_hub_that_falls_silent_is_not_waited_for_for_ever(string beginning)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var root = new Command("vedette") { GlobalOptions.Hub, GlobalOptions.Token, GlobalOptions.Data };
        using var hub = HubClient.Of(root.Parse(["--hub", $"http://{listener.LocalEndpoint}", "--data", data]), TimeSpan.FromMilliseconds(300));
        var asking = Task.Run(() => hub.Lines(CancellationToken.None));
        using var client = await listener.AcceptTcpClientAsync();
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(beginning));
        (await Should.ThrowAsync<HubError>(asking.WaitAsync(TimeSpan.FromSeconds(10)))).Message.ShouldBe($"the hub at http://{listener.LocalEndpoint} did not answer within 300ms; see whether it still runs");
    }

    [Theory]
    [InlineData("200 OK", "application/json", "Content-Length: 5000000\r\n\r\n[", ' ')]
    [InlineData("200 OK", "application/json", "Transfer-Encoding: chunked\r\n\r\n1;", 'x')]
    [InlineData("500 No", "application/problem+json", "Content-Length: 5000000\r\n\r\n{", ' ')]
    [InlineData("500 No", "application/problem+json", "X-No-End: ", 'x')]
    public async Task A_hub_that_says_a_byte_now_and_then_is_not_waited_for_for_ever(string status, string type, string beginning, char again)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var hub = HubClient.Of(Parsed(listener), TimeSpan.FromMilliseconds(400));
        // How long the third takes depends on how much there is to read, unless it is refused.
        Func<Task>[] asked = [() => Task.Run(() => hub.Lines(CancellationToken.None)), () => hub.CheckAsync("web", CancellationToken.None), () => hub.VerifyAsync(CancellationToken.None)];
        foreach (var ask in asked.Take(status == "200 OK" ? 2 : 3))
        {
            var asking = ask();
            using var client = await listener.AcceptTcpClientAsync();
            using var enough = new CancellationTokenSource();
            var dripping = DripAsync(client, $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\n{beginning}", again, enough.Token);
            (await Should.ThrowAsync<HubError>(asking.WaitAsync(TimeSpan.FromSeconds(10)))).Message.ShouldBe($"the hub at http://{listener.LocalEndpoint} did not answer within 400ms; see whether it still runs");
            await enough.CancelAsync();
            await dripping;
        }
    }

    [Fact]
    public async Task A_refusal_without_an_end_is_none_of_a_hub()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var hub = HubClient.Of(Parsed(listener));
        var asking = Task.Run(() => hub.Lines(CancellationToken.None));
        using var client = await listener.AcceptTcpClientAsync();
        var pouring = PourAsync(client);
        (await Should.ThrowAsync<HubError>(asking.WaitAsync(TimeSpan.FromSeconds(20)))).Message.ShouldBe($"what answers at http://{listener.LocalEndpoint} is not a Vedette hub that this program understands (500, application/problem+json); check --hub");
        hub.Dispose();
        client.Dispose();
        await pouring;
    }

    [Fact]
    public async Task A_host_that_drops_what_it_gets_holds_nobody_who_gives_up()
    {
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        // It has room for this one, and the system drops what any other sends.
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await first.ConnectAsync(full.LocalEndPoint!);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var connecting = Task.Run(() => HubConnection.To(full.LocalEndPoint!, () => TimeSpan.FromSeconds(10), patience.Token), CancellationToken.None);
        await Should.ThrowAsync<OperationCanceledException>(connecting.WaitAsync(TimeSpan.FromSeconds(10)));
        patience.IsCancellationRequested.ShouldBeTrue();
    }

    [Theory]
    [InlineData("ids", """[{"id":"a\u001b[2J","kind":"tcp","target":"x:1"}]""")]
    [InlineData("ids", """[{"id":"a","kind":"t\u001b[2J","target":"x:1"}]""")]
    [InlineData("status", """[{"id":"a\u001b[2J","kind":"tcp","target":"x:1","lifecycle":"active","status":"up"}]""")]
    public async Task An_id_or_a_kind_that_is_none_is_of_no_hub(string what, string body)
    {
        await using var lying = new ScriptedHub(_ => ScriptedHub.Json(body));
        var root = new Command("vedette") { GlobalOptions.Hub, GlobalOptions.Token, GlobalOptions.Data };
        using var hub = HubClient.Of(root.Parse(["--hub", lying.Url, "--data", data]));
        (await Should.ThrowAsync<HubError>(async () => _ = what == "ids" ? (await hub.IdsAsync("", CancellationToken.None)).Count : hub.Lines(CancellationToken.None).Count)).Message.ShouldContain("is not a Vedette hub that this program understands");
    }

    [Fact]
    public async Task What_a_hub_says_cannot_steer_the_terminal()
    {
        var (exitCode, errors, _) = await AskOneAsync(IPAddress.Loopback, Problem(503, "down \\u001b[2J for\\nnow"));
        exitCode.ShouldBe(ExitCodes.Unavailable);
        errors.ShouldEndWith("refused: down \uFFFD[2J for\uFFFDnow\n");
    }

    [Fact]
    public async Task The_token_of_this_machine_goes_to_this_machine()
    {
        var (_, _, here) = await AskOneAsync(IPAddress.Loopback, Problem(401, "no"));
        here.ShouldContain($"Authorization: Bearer {Secret}\r\n");
    }

    [Fact]
    public async Task The_token_of_this_machine_goes_to_no_other()
    {
        var (errors, asked) = await AskElsewhereAsync();
        asked.ShouldStartWith("GET /api/v1/");
        asked.ShouldNotContain("Authorization");
        errors.ShouldContain("wants a token and there is none in --token and VEDETTE_TOKEN; give the one of its data directory, admin.token, with --token or VEDETTE_TOKEN");
        var (_, given) = await AskElsewhereAsync("--token", "another");
        given.ShouldContain("Authorization: Bearer another\r\n");
    }

    [Fact]
    public async Task A_token_that_the_hub_does_not_take_is_named_by_where_it_came_from()
    {
        await using var hub = await WatchingHub.StartAsync();
        await FailsAsync($"the hub at {hub.Url} does not take the token of {data}/admin.token; give the data directory of that hub with --data, or its token with --token", hub.Url, "status");
        await FailsAsync($"the hub at {hub.Url} does not take the token of --token;", hub.Url, "results", "web", "--follow", "--token", Secret);
        File.Delete(Path.Combine(data, "admin.token"));
        await FailsAsync($"the hub at {hub.Url} wants a token and there is none in {data}/admin.token;", hub.Url, "status");
        (await Invocation.RunAsync("status", "--hub", hub.Url, "--data", data, "--token", hub.Token)).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_token_file_that_cannot_be_read_is_named()
    {
        File.Delete(Path.Combine(data, "admin.token"));
        Directory.CreateDirectory(Path.Combine(data, "admin.token"));
        await FailsAsync($"the token in {data}/admin.token cannot be read: ", "http://127.0.0.1:1", "status");
    }

    [Fact]
    public async Task Interrupted_before_the_answer_it_has_not_succeeded()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var asking = new Invocation("status", "--hub", $"http://{silent.LocalEndpoint}", "--data", data);
        using var connection = await silent.AcceptSocketAsync();
        (await asking.InterruptAsync()).ShouldBe(ExitCodes.Interrupted);
        (asking.Output, asking.Errors).ShouldBe(("", ""));
    }

    private ParseResult Parsed(TcpListener listener) =>
        new Command("vedette") { GlobalOptions.Hub, GlobalOptions.Token, GlobalOptions.Data }.Parse(["--hub", $"http://{listener.LocalEndpoint}", "--data", data]);

    // Until nobody listens any more.
    private static async Task DripAsync(TcpClient client, string beginning, char again, CancellationToken enough)
    {
        try
        {
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(beginning), enough);
            while (true)
            {
                await client.GetStream().WriteAsync(new[] { (byte)again }, enough);
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, enough);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // It was heard out, or given up.
            return;
        }
    }

    private static async Task PourAsync(TcpClient client)
    {
        try
        {
            await client.GetStream().WriteAsync("HTTP/1.1 500 No\r\nContent-Type: application/problem+json\r\n\r\n"u8.ToArray());
            var blanks = Enumerable.Repeat((byte)' ', 64 * 1024).ToArray();
            while (true) await client.GetStream().WriteAsync(blanks);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It was given up.
            return;
        }
    }

    private static string Problem(int status, string detail) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""HTTP/1.1 {{status}} No{{"\r\n"}}Content-Type: application/problem+json{{"\r\n"}}Connection: close{{"\r\n\r\n"}}{"type":"about:blank","title":"No","status":{{status}},"detail":"{{detail}}"}""");

    private async Task FailsAsync(string says, string url, params string[] arguments)
    {
        var (exitCode, output, errors) = await Invocation.RunAsync([.. arguments, "--hub", url, "--data", data]);
        (exitCode, output).ShouldBe((ExitCodes.Unavailable, ""));
        errors.ShouldStartWith($"vedette: {says}");
        errors.TrimEnd('\n').ShouldNotContain('\n');
        errors.ShouldNotContain(Secret);
    }

    // Asks a server that gives one answer, and shows what it was asked.
    private async Task<(int ExitCode, string Errors, string Asked)> AskOneAsync(IPAddress at, string answer, params string[] options)
    {
        using var listener = new TcpListener(at, 0);
        listener.Start();
        var serving = ServeOneAsync(listener, answer);
        var (exitCode, _, errors) = await Invocation.RunAsync([.. options, "status", "--hub", $"http://{listener.LocalEndpoint}", "--data", data]);
        return (exitCode, errors, await serving.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    // The same of a server on an address that is not loopback, in a network where there is one, asked by the program as a process that lives there.
    private async Task<(string Errors, string Asked)> AskElsewhereAsync(params string[] options)
    {
        var (listener, asking) = await OwnNetwork.EnterAsync(() =>
        {
            OwnNetwork.Run("ip", "addr add 192.0.2.1/32 dev lo");
            var elsewhere = new TcpListener(IPAddress.Parse("192.0.2.1"), 0);
            elsewhere.Start();
            return (elsewhere, Start([.. options, "status", "--hub", $"http://{elsewhere.LocalEndpoint}", "--data", data]));
        });
        using (listener)
        using (asking)
        {
            var asked = await ServeOneAsync(listener, Problem(401, "no")).WaitAsync(TimeSpan.FromSeconds(10));
            return (await asking.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(10)), asked);
        }
    }

    private static Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Vedette.Cli"), arguments) { UseShellExecute = false, RedirectStandardError = true };
        foreach (var setting in start.Environment.Keys.Where(IsOfTheUser).ToList()) start.Environment.Remove(setting);
        return Process.Start(start)!;
    }

    // What would give a token, another hub or a proxy.
    private static bool IsOfTheUser(string setting) =>
        setting.StartsWith("VEDETTE_", StringComparison.Ordinal) || setting.EndsWith("_PROXY", StringComparison.OrdinalIgnoreCase);

    private static async Task<string> ServeOneAsync(TcpListener listener, string answer)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var asked = new byte[4096];
        var filled = 0;
        while (asked.AsSpan(0, filled).IndexOf("\r\n\r\n"u8) < 0) filled += await client.GetStream().ReadAsync(asked.AsMemory(filled));
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));
        return Encoding.ASCII.GetString(asked, 0, filled);
    }
}
