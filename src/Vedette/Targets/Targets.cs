using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Vedette;

/// <summary>The forms a target comes in. Each <c>Refuse</c> says what is wrong in one sentence, or gives null.</summary>
public static class Targets
{
    private const int LongestName = 253;
    private const int LongestLabel = 63;

    /// <summary>A host: a name, an IPv4 address, or an IPv6 address with or without brackets.</summary>
    public static string? RefuseHost(string target)
    {
        if (target.Length == 0) return "is empty; give a host name or an address";
        if (target.Contains("://", StringComparison.Ordinal)) return $"'{target}' is a URL; give only the host";
        if (IPAddress.TryParse(Unbracket(target), out var address)) return RefuseAddress(address);
        if (target.Contains(':')) return $"'{target}' has a port or a colon; give only the host, IPv6 addresses in full";
        return RefuseName(target);
    }

    /// <summary><c>HOST:PORT</c>, IPv6 in brackets.</summary>
    public static string? RefuseHostPort(string target)
    {
        if (target.Contains("://", StringComparison.Ordinal)) return $"'{target}' is a URL; give HOST:PORT";
        return TrySplit(target, out var host, out _) ? RefuseHost(host) : $"'{target}' is not HOST:PORT with a port from 1 to 65535 (IPv6 in brackets)";
    }

    /// <summary><c>HOST</c> or <c>HOST:PORT</c>, IPv6 in brackets where a port follows.</summary>
    public static string? RefuseHostMaybePort(string target)
    {
        if (target.Contains("://", StringComparison.Ordinal)) return $"'{target}' is a URL; give HOST or HOST:PORT";
        var last = target.LastIndexOf(':');
        var hasPort = last > 0 && (target.IndexOf(':') == last || target[last - 1] == ']');
        return hasPort ? RefuseHostPort(target) : RefuseHost(target);
    }

    /// <summary>An absolute <c>http</c> or <c>https</c> URL without user info.</summary>
    public static string? RefuseHttpUrl(string target)
    {
        if (!Uri.TryCreate(target, UriKind.Absolute, out var url) || url.Host.Length == 0) return $"'{target}' is not a URL such as https://example.org/";
        if (url.Scheme is not ("http" or "https")) return $"'{url.Scheme}' is not watched by http; use http:// or https://";
        if (url.UserInfo.Length > 0) return "holds a user name or password; use the options user and password";
        if (url.Port == 0) return "names port 0; give one from 1 to 65535";
        return RefuseHost(url.IdnHost);
    }

    /// <summary>Splits <c>HOST:PORT</c>; the host comes without brackets.</summary>
    public static bool TrySplit(string target, out string host, out int port)
    {
        (host, port) = ("", 0);
        var colon = target.LastIndexOf(':');
        if (colon <= 0) return false;
        host = target[..colon];
        if (host.Contains(':') && !(host.StartsWith('[') && host.EndsWith(']'))) return false;
        host = Unbracket(host);
        return int.TryParse(target.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= ushort.MaxValue;
    }

    /// <summary>The host without the brackets of an IPv6 literal.</summary>
    public static string Unbracket(string host) => host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host;

    private static string? RefuseAddress(IPAddress address)
    {
        // RFC 1122 section 3.2.2: an echo to a group address is answered by many hosts or none, so it says nothing of one.
        if (address.IsIPv6Multicast || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes()[0] is >= 224 and <= 239))
            return $"{address} is a multicast address; give the address of one host";
        return address.Equals(IPAddress.Broadcast) ? "is the broadcast address; give the address of one host" : null;
    }

    // RFC 1035 section 2.3.4 bounds names and labels; underscores are common in practice.
    private static string? RefuseName(string name)
    {
        var labels = name.TrimEnd('.').Split('.');
        if (name.Length > LongestName) return $"is {name.Length} characters long; a host name has at most {LongestName}";
        if (labels.Any(label => label.Length is 0 or > LongestLabel)) return $"'{name}' is not a host name: each part between dots has 1 to {LongestLabel} characters";
        if (!HasAscii(name)) return $"'{name}' is not a host name: it has no form in ASCII (RFC 5891), such as because a part of it becomes longer than {LongestLabel} characters";
        return labels.All(label => label.All(c => char.IsLetterOrDigit(c) || c is '-' or '_')) ? null : $"'{name}' is not a host name: it may hold letters, digits, dots and hyphens";
    }

    private static bool HasAscii(string name)
    {
        try
        {
            return Ascii.IsValid(name) || new IdnMapping().GetAscii(name.TrimEnd('.')).Length > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
