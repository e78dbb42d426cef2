using System.Net;

namespace Vedette.Cli.Up;

/// <summary>What <c>vedette up</c> says once it runs: where to look and what to type next.</summary>
internal static class Welcome
{
    public static string Text(IPEndPoint address, string token, string dataDirectory, bool isDefaultDirectory, int checks)
    {
        address = FirstChecks.Reachable(address);
        // What differs from the defaults the verbs have to be told.
        var hub = (address.ToString() == "127.0.0.1:7400" ? "" : $" --hub http://{address}") + (isDefaultDirectory ? "" : $" --data {Quoted(dataDirectory)}");
        return $"""
            Vedette watches {checks} {(checks == 1 ? "check" : "checks")}. Ctrl+C ends it; everything is kept.

              page   http://{address}/#token={token}
              data   {dataDirectory}

            In a second terminal:

              {Verb.Program} status{hub}
              {Verb.Program} check add http https://example.org --every 10s{hub}
              {Verb.Program} results ID --follow{hub}


            """;
    }

    private static string Quoted(string path) => path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-') ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
