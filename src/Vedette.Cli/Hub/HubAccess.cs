using System.CommandLine;
using System.Net;
using System.Net.Http.Headers;

namespace Vedette.Cli.Hub;

/// <summary>Which hub to ask, and the secret that opens it. The secret itself is never shown, only where it came from.</summary>
internal sealed class HubAccess
{
    private const string Default = "http://127.0.0.1:7400";

    private HubAccess(Uri address, string? token, string tokenFrom) => (Address, Token, TokenFrom) = (address, token, tokenFrom);

    /// <summary>Ends with a slash, so that paths can be put behind it.</summary>
    public Uri Address { get; }

    /// <summary>Null when there is none; the hub then says whether it needs one.</summary>
    public string? Token { get; }

    /// <summary>For people: where the token was taken from, or where it was looked for.</summary>
    public string TokenFrom { get; }

    /// <summary>Whether the address can only be this machine.</summary>
    public bool IsLoopback => Address.IdnHost == "localhost" || (IPAddress.TryParse(Address.IdnHost, out var address) && IPAddress.IsLoopback(address));

    /// <summary>The options, else the environment, else this machine's own hub.</summary>
    public static HubAccess Of(ParseResult parsed)
    {
        var address = AddressOf(parsed);
        if (parsed.GetValue(GlobalOptions.Token) is { } token) return new(address, Sendable(token, "--token"), "--token");
        if (GlobalOptions.Setting("VEDETTE_TOKEN") is { } setting) return new(address, Sendable(setting, "VEDETTE_TOKEN"), "VEDETTE_TOKEN");
        // The secret of this machine's hub is no business of another's.
        var elsewhere = new HubAccess(address, null, "--token and VEDETTE_TOKEN");
        if (!elsewhere.IsLoopback) return elsewhere;
        var path = Path.Combine(GlobalOptions.DataDirectory(parsed), "admin.token");
        return new(address, ReadToken(path), path);
    }

    /// <summary>Only which hub it is.</summary>
    public static Uri AddressOf(ParseResult parsed) =>
        parsed.GetValue(GlobalOptions.Hub) is { } given ? ReadAddress(given, "--hub") : ReadAddress(GlobalOptions.Setting("VEDETTE_HUB") ?? Default, "VEDETTE_HUB");

    private static Uri ReadAddress(string text, string from)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
            throw new UserError($"{from}: '{Rendering.Plain.Foreign(text)}' is not the address of a hub such as {Default}", ExitCodes.Usage);
        if (uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
            throw new UserError($"{from}: give only scheme, host, port and path, such as {Default}; the token goes into --token", ExitCodes.Usage);
        return uri.AbsolutePath.EndsWith('/') ? uri : new Uri(uri.AbsoluteUri + '/');
    }

    private static string? ReadToken(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim() is { Length: > 0 } token ? Sendable(token, path) : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"the token in {path} cannot be read: {e.Message.TrimEnd('.')}; run this as the user that runs the hub, or give the token with --token", ExitCodes.Unavailable);
        }
    }

    private static string Sendable(string token, string from)
    {
        token = token.Trim();
        if (token.Length > 0 && token.All(char.IsAscii) && AuthenticationHeaderValue.TryParse($"Bearer {token}", out _) && !token.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))) return token;
        throw new UserError($"{from}: that is not a token; it is one word of letters, digits, hyphens and underscores", ExitCodes.Usage);
    }
}
