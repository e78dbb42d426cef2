using System.Globalization;
using Processes;
using Vedette;

namespace Interop;

public sealed class NginxTests : IAsyncLifetime
{
    private readonly TemporaryDirectory directory = new();
    private readonly int plain = VedetteProcess.FreePort();
    private readonly int secure = VedetteProcess.FreePort();
    private readonly int plainTwo = VedetteProcess.FreePort();
    private readonly int secureTwo = VedetteProcess.FreePort();
    private Command? nginx;

    public async ValueTask InitializeAsync()
    {
        await Certificates.MakeAsync(directory.Path, "localhost", days: 90);
        var configuration = Path.Combine(directory.Path, "nginx.conf");
        await File.WriteAllTextAsync(configuration, $$"""
            daemon off; pid {{directory.Path}}/pid; error_log {{directory.Path}}/error.log;
            events { }
            http {
              access_log off;
              client_body_temp_path {{directory.Path}}/a; proxy_temp_path {{directory.Path}}/b; fastcgi_temp_path {{directory.Path}}/c;
              uwsgi_temp_path {{directory.Path}}/d; scgi_temp_path {{directory.Path}}/e;
              server {
                listen 127.0.0.1:{{Text(plain)}};
                listen 127.0.0.1:{{Text(secure)}} ssl;
                listen 127.0.0.1:{{Text(plainTwo)}} http2;
                listen 127.0.0.1:{{Text(secureTwo)}} ssl http2;
                ssl_protocols TLSv1.3;
                ssl_certificate {{directory.Path}}/cert.pem; ssl_certificate_key {{directory.Path}}/key.pem;
                location = / { return 200 "welcome to the zoo\n"; }
                location = /json { default_type application/json; return 200 '{"state":"ok","load":[1,2]}'; }
                location = /moved { return 301 /; }
                location = /broken { return 500; }
                location = /secret { auth_basic "zoo"; auth_basic_user_file {{directory.Path}}/users; try_files /none @open; }
                location @open { return 200 "inside\n"; }
              }
            }
            """);
        await File.WriteAllTextAsync(Path.Combine(directory.Path, "users"), "keeper:{PLAIN}banana\n");
        File.SetUnixFileMode(directory.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        nginx = Command.Start("nginx", "-c", configuration, "-p", directory.Path);
        await Wait.ForListenerAsync(plain);
    }

    public async ValueTask DisposeAsync()
    {
        if (nginx is not null) await nginx.DisposeAsync();
        directory.Dispose();
    }

    [Fact]
    public async Task A_page_is_up_with_every_phase_of_a_cold_request()
    {
        var result = await Run.CheckAsync("http", Url("/"), "--set", "contains=zoo");
        result.Status.ShouldBe(Status.Up, result.Message);
        result.Measured("http_status_code").ShouldBe(200);
        result.Measured("http_uncompressed_body_length").ShouldBe(19);
        result.Phases.Select(phase => phase.Key).ShouldBe(["resolve", "connect", "processing", "transfer"], ignoreOrder: true);
        result.Phases.Sum(phase => phase.Value).ShouldBeLessThanOrEqualTo(result.DurationSeconds);
    }

    [Fact]
    public async Task A_wrong_status_and_a_wrong_body_are_told_apart()
    {
        (await Run.CheckAsync("http", Url("/broken"))).Reason.ShouldBe(Reasons.StatusMismatch);
        (await Run.CheckAsync("http", Url("/broken"), "--set", "expectStatus=500-599")).Status.ShouldBe(Status.Up);
        (await Run.CheckAsync("http", Url("/"), "--set", "contains=elephant")).Reason.ShouldBe(Reasons.BodyMismatch);
        (await Run.CheckAsync("http", Url("/json"), "--set", "jsonPath=$.state == \"ok\"")).Status.ShouldBe(Status.Up);
        (await Run.CheckAsync("http", Url("/json"), "--set", "jsonPath=$.state == \"sick\"")).Reason.ShouldBe(Reasons.BodyMismatch);
    }

    [Fact]
    public async Task A_redirect_is_followed_and_counted_unless_it_is_what_is_watched()
    {
        (await Run.CheckAsync("http", Url("/moved"))).Measured("http_redirects").ShouldBe(1);
        (await Run.CheckAsync("http", Url("/moved"), "--set", "followRedirects=false", "--set", "expectStatus=301")).Status.ShouldBe(Status.Up);
    }

    [Fact]
    public async Task Credentials_open_the_door()
    {
        (await Run.CheckAsync("http", Url("/secret"))).Measured("http_status_code").ShouldBe(401);
        (await Run.CheckAsync("http", Url("/secret"), "--set", "user=keeper", "--set", "password=banana")).Status.ShouldBe(Status.Up);
    }

    [Fact]
    public async Task A_certificate_nobody_vouches_for_is_down_and_still_described()
    {
        var untrusted = await Run.CheckAsync("http", $"https://localhost:{Text(secure)}/", "--set", "family=4");
        untrusted.Reason.ShouldBe(Reasons.CertUntrusted);
        untrusted.Measured("ssl_earliest_cert_expiry").ShouldBeGreaterThan(0);

        var trusted = await Run.CheckAsync("http", $"https://localhost:{Text(secure)}/", "--set", "family=4", "--set", $"caFile={directory.Path}/cert.pem");
        trusted.Status.ShouldBe(Status.Up, trusted.Message);
        trusted.Attribute("tls_version").ShouldContain("1.3");
        trusted.Measured("http_ssl").ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_second_version_is_spoken_with_tls_and_without(bool encrypted)
    {
        var url = encrypted ? $"https://localhost:{Text(secureTwo)}" : $"http://127.0.0.1:{Text(plainTwo)}";
        string[] two = ["--set", "httpVersion=2", "--set", "family=4", "--set", $"caFile={directory.Path}/cert.pem"];
        var result = await Run.CheckAsync(["http", $"{url}/", "--set", "contains=zoo", .. two]);
        result.Status.ShouldBe(Status.Up, result.Message);
        result.Measured("http_version").ShouldBe(2);
        result.Measured("http_uncompressed_body_length").ShouldBe(19);
        result.Phases.Sum(phase => phase.Value).ShouldBeLessThanOrEqualTo(result.DurationSeconds);
        (await Run.CheckAsync(["http", $"{url}/broken", .. two])).Reason.ShouldBe(Reasons.StatusMismatch);
        (await Run.CheckAsync(["http", $"{url}/secret", "--set", "user=keeper", "--set", "password=banana", .. two])).Status.ShouldBe(Status.Up);
        (await Run.CheckAsync(["http", $"{url}/moved", "--set", "followRedirects=false", "--set", "expectStatus=301", .. two])).Status.ShouldBe(Status.Up);
    }

    [Fact]
    public async Task Where_the_second_version_is_not_spoken_a_run_is_down_and_says_so()
    {
        var result = await Run.CheckAsync("http", Url("/"), "--set", "httpVersion=2");
        (result.Status, result.Reason).ShouldBe((Status.Down, Reasons.ProtocolError), result.Message);
        result.Message.ShouldNotBeNull().ShouldContain("httpVersion=1.1");
        result = await Run.CheckAsync("http", $"https://localhost:{Text(secure)}/", "--set", "httpVersion=2", "--set", "family=4", "--set", $"caFile={directory.Path}/cert.pem");
        (result.Status, result.Reason).ShouldBe((Status.Down, Reasons.ProtocolError), result.Message);
        result.Message.ShouldNotBeNull().ShouldContain("h2");
    }

    private string Url(string path) => $"http://127.0.0.1:{Text(plain)}{path}";

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
