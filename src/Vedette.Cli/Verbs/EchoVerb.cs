using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Vedette.Cli.Echo;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette echo</c>: something to watch, healthy or sick.</summary>
internal static class EchoVerb
{
    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "TCP and UDP port to echo on; 0 takes the next free one.", DefaultValueFactory = _ => 7001, HelpName = "PORT" };
        var httpPort = new Option<int>("--http-port") { Description = "Port of the web server; 0 takes the next free one.", DefaultValueFactory = _ => 7080, HelpName = "PORT" };
        var delay = new Option<string>("--delay") { Description = "Wait so long before each answer.", DefaultValueFactory = _ => "0s", HelpName = "DURATION" };
        var failRate = new Option<double>("--fail-rate") { Description = "The share of answers to fail, 0 to 1.", HelpName = "SHARE" };
        var hang = new Option<bool>("--hang") { Description = "Take every request and never answer." };
        var command = new Verb("echo", "Echo over TCP and UDP and serve /ping and /?first=2&second=3 over HTTP, for checks to watch.", "echo --port 0 --http-port 0 --delay 20ms")
        {
            port, httpPort, delay, failRate, hang,
        };
        command.SetAction((parsed, cancellation) =>
        {
            if (!Durations.TryParse(parsed.GetValue(delay), out var wait)) throw new UserError($"--delay: '{parsed.GetValue(delay)}' is not a duration such as 20ms or 2s", ExitCodes.Usage);
            if (parsed.GetValue(failRate) is not (>= 0 and <= 1)) throw new UserError("--fail-rate: give a share from 0 to 1", ExitCodes.Usage);
            foreach (var option in (Option<int>[])[port, httpPort])
                if (parsed.GetValue(option) is < IPEndPoint.MinPort or > IPEndPoint.MaxPort) throw new UserError($"{option.Name}: '{parsed.GetValue(option)}' is not a port from 0 to 65535", ExitCodes.Usage);
            return ServeAsync(parsed.GetValue(port), parsed.GetValue(httpPort), new Sickness(wait, parsed.GetValue(failRate), parsed.GetValue(hang)), cancellation);
        });
        return command;
    }

    private static async Task<int> ServeAsync(int port, int httpPort, Sickness sickness, CancellationToken cancellation)
    {
        using var echo = Listen(() => new EchoServer(new IPEndPoint(IPAddress.Loopback, port), sickness), port, "--port");
        using var web = Listen(() => new EchoWebServer(new IPEndPoint(IPAddress.Loopback, httpPort), sickness), httpPort, "--http-port");
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"echoing on {echo.Address} (tcp, udp)\nserving http://{web.Address}/ping and http://{web.Address}/?first=2&second=3"));
        await Task.WhenAll(echo.RunAsync(cancellation), web.RunAsync(cancellation));
        return ExitCodes.Ok;
    }

    private static T Listen<T>(Func<T> open, int port, string option)
    {
        try
        {
            return open();
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            throw new UserError(string.Create(CultureInfo.InvariantCulture, $"port {port} is in use; give another with {option}, or 0 for the next free one"), ExitCodes.Unavailable);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AccessDenied)
        {
            throw new UserError(string.Create(CultureInfo.InvariantCulture, $"port {port} is not permitted to this user; give one above 1023 with {option}"), ExitCodes.Unavailable);
        }
    }
}
