using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Vedette.Hub.Configuration;

/// <summary>
/// Reads YAML, of which JSON is a part, into nodes (YAML 1.2.2, the failsafe schema: every scalar stays the text that was written). No tag makes
/// anything of a text, a key comes once, and depth and size are bounded before aliases could make much of little.
/// </summary>
internal sealed class NodeReader(PlacedProblems problems)
{
    private const int Deepest = 32;
    private const long Heaviest = 16 << 20;

    private readonly Dictionary<AnchorName, Node> anchors = [];
    private long weight;
    private Mark reached = new(1, 1);

    /// <summary>The root of the one document; null when there is none or it cannot be read.</summary>
    public Node? Read(string text)
    {
        try
        {
            var parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _)) return null;
            var root = ReadNode(parser, "", 1);
            parser.Consume<DocumentEnd>();
            if (parser.Accept<DocumentStart>(out var second)) problems.Add(At(second.Start), "", "a second document begins here; give it a file of its own");
            return root;
        }
        catch (YamlException e)
        {
            problems.Add(At(e.Start), "", $"cannot be read: {e.Message.TrimEnd('.')}");
        }
        catch (InvalidOperationException)
        {
            // The scanner has no other word for a plain text that goes on outside of the brackets it began in (YamlDotNet issue 541).
            problems.Add(reached, "", "cannot be read from here on; see whether every bracket and quote before it is closed");
        }

        return null;
    }

    private Node ReadNode(Parser parser, string path, int depth)
    {
        if (parser.TryConsume<AnchorAlias>(out var alias)) return Find(alias, path);
        var start = parser.Accept<NodeEvent>(out var next) ? next : throw new YamlException(parser.Current!.Start, parser.Current.End, "something is missing here");
        reached = At(start.Start);
        if (depth > Deepest) throw new YamlException(start.Start, start.End, string.Create(CultureInfo.InvariantCulture, $"it is nested deeper than {Deepest} levels"));
        if (!start.Tag.IsEmpty && !start.Tag.IsNonSpecific) problems.Add(At(start.Start), path, $"the tag '{start.Tag}' is not read here; leave it out, and quote a text that looks like something else");
        Node node = start switch
        {
            MappingStart => ReadMap(parser, path, depth),
            SequenceStart => ReadList(parser, path, depth),
            _ => ReadScalar(parser),
        };
        if (!start.Anchor.IsEmpty) anchors[start.Anchor] = node;
        return node;
    }

    private Node.Scalar ReadScalar(Parser parser)
    {
        var scalar = parser.Consume<Scalar>();
        Weigh(scalar, 1 + scalar.Value.Length);
        return new Node.Scalar(At(scalar.Start), scalar.Value, scalar.Style == ScalarStyle.Plain);
    }

    private Node.List ReadList(Parser parser, string path, int depth)
    {
        var start = parser.Consume<SequenceStart>();
        var items = new List<Node>();
        while (!parser.TryConsume<SequenceEnd>(out _)) items.Add(ReadNode(parser, Paths.Item(path, items.Count), depth + 1));
        return new Node.List(At(start.Start), items);
    }

    private Node.Map ReadMap(Parser parser, string path, int depth)
    {
        var start = parser.Consume<MappingStart>();
        var entries = new List<Node.Entry>();
        var first = new Dictionary<string, Mark>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(parser, path, depth + 1);
            var name = (key as Node.Scalar)?.Text ?? "";
            var value = ReadNode(parser, Paths.Key(path, name), depth + 1);
            if (Refuse(key, first) is { } refused) problems.Add(key.Mark, Paths.Key(path, name), refused);
            else if (first.TryAdd(name, key.Mark)) entries.Add(new(name, key.Mark, value));
        }

        return new Node.Map(At(start.Start), entries);
    }

    private static string? Refuse(Node key, Dictionary<string, Mark> first) => key switch
    {
        not Node.Scalar => "a key is a text, not a list or a map",
        Node.Scalar { Text: "<<", IsPlain: true } => "merging with << is not read here; write the keys out, or give each value an anchor",
        Node.Scalar { Text: var name } when first.TryGetValue(name, out var mark) => string.Create(CultureInfo.InvariantCulture, $"is given twice, first in line {mark.Line}; leave one of them out"),
        _ => null,
    };

    private Node Find(AnchorAlias alias, string path)
    {
        if (!anchors.TryGetValue(alias.Value, out var node))
        {
            problems.Add(At(alias.Start), path, $"the alias *{alias.Value} has no anchor before it");
            return new Node.Scalar(At(alias.Start), "", IsPlain: true);
        }

        Weigh(alias, node.Weight);
        return node;
    }

    private void Weigh(ParsingEvent at, long more)
    {
        weight += more;
        if (weight > Heaviest) throw new YamlException(at.Start, at.End, "it is too large once its aliases are written out");
    }

    private static Mark At(YamlDotNet.Core.Mark mark) => new(mark.Line, mark.Column);
}
