using System.Net;

namespace Vedette.Cli.Up;

/// <summary>What <c>vedette up</c> says once it runs: where to look and what to type next.</summary>
internal static class Welcome
{
    public static string Text(IPEndPoint address, string token, string dataDirectory, int checks)
    {
        // The launcher says how it was called, so that what is shown can be typed.
        var vedette = GlobalOptions.Setting("VEDETTE_CALLED_AS") ?? "vedette";
        return $"""
            Vedette watches {checks} {(checks == 1 ? "check" : "checks")}. Ctrl+C ends it; everything is kept.

              page   http://{address}/#token={token}
              data   {dataDirectory}

            In a second terminal:

              {vedette} status
              {vedette} check add http https://example.org --every 10s
              {vedette} results vedette --follow


            """;
    }
}
