using System.CommandLine;
using System.Globalization;
using Vedette.Cli.Hub;
using Vedette.Cli.Rendering;
using Vedette.Hub.Upkeep;
using Vedette.State.Sqlite;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette verify [FILE]</c>: whether everything that is stored can be read, at the hub or in a backup.</summary>
internal static class VerifyVerb
{
    private static readonly Argument<string?> File = new("FILE") { Description = "A backup; the running hub's own data when not given.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<bool> Json = HubVerb.Json();

    public static Command Create()
    {
        var command = new Verb("verify", "Read all that is stored and say what of it is damaged.", "verify vedette-monday.db") { File, Json };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(File) is { } file) return await ShowAsync(OfFile(Path.GetFullPath(file), cancellation), parsed);
            using var hub = HubClient.Of(parsed);
            return await ShowAsync(await hub.VerifyAsync(cancellation), parsed);
        });
        return command;
    }

    private static Verification OfFile(string file, CancellationToken cancellation)
    {
        if (!System.IO.File.Exists(file)) throw new UserError($"there is no file {Plain.Foreign(file)}", ExitCodes.Usage);
        if (DatabaseCopy.Refuse(file) is { } refusal) throw new UserError(Plain.Foreign(refusal), ExitCodes.Refused);
        try
        {
            using var database = new DatabaseReads(file);
            return Verifier.Verify(database, cancellation);
        }
        catch (StateException e)
        {
            throw new UserError(e.Message, ExitCodes.Refused);
        }
    }

    private static async Task<int> ShowAsync(Verification found, ParseResult parsed)
    {
        if (parsed.GetValue(Json)) await HubVerb.WriteJsonAsync(found, ApiJson.Readable.Verification);
        else await Console.Out.WriteAsync(Render(found));
        return found.IsSound ? ExitCodes.Ok : ExitCodes.Refused;
    }

    private static string Render(Verification found)
    {
        var pieces = string.Create(CultureInfo.InvariantCulture, $"{found.Pieces} pieces of history read");
        if (found.IsSound) return $"everything can be read ({pieces})\n";
        var lines = found.Problems.Select(problem => $"database: {Plain.Foreign(problem)}").Concat(found.Damaged.Select(Line));
        return $"{string.Join('\n', lines)}\n{pieces}, {found.Damaged.Count} damaged; everything else can be read\n";
    }

    private static string Line(DamagedPiece piece)
    {
        var of = piece.Check is null ? "" : $" of {piece.Check}";
        var time = piece.From is null ? "" : string.Create(CultureInfo.InvariantCulture, $", {piece.From:u} to {piece.To:u}");
        return $"{piece.Piece}{of}{time}: {Plain.Foreign(piece.Problem)}";
    }
}
