using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Vedette.Tests;

public sealed class ArrowsTests
{
    // The order of design: a project references only projects that stand before it.
    private static readonly string[] Order =
    [
        "Vedette", "Vedette.Linux", "Vedette.Metrics", "Vedette.Wire", "Vedette.Probes", "Vedette.Sensors", "Vedette.State", "Vedette.History",
        "Vedette.Series", "Vedette.Gateway", "Vedette.Agent", "Vedette.Hub", "Vedette.Cli",
    ];

    [Fact]
    public void Every_project_references_only_projects_above_it()
    {
        var projects = Directory.GetFiles(Path.Combine(Root(), "src"), "*.csproj", SearchOption.AllDirectories);
        projects.ShouldNotBeEmpty();
        foreach (var project in projects)
        {
            var place = Array.IndexOf(Order, Path.GetFileNameWithoutExtension(project));
            place.ShouldBeGreaterThanOrEqualTo(0, $"{project} has no place in the order");
            foreach (var reference in References(project))
                Array.IndexOf(Order, reference).ShouldBeInRange(0, place - 1, $"{Order[place]} must not reference {reference}");
        }
    }

    [Fact]
    public void Only_the_command_line_knows_probes_everyone_else_knows_descriptors()
    {
        foreach (var project in Directory.GetFiles(Path.Combine(Root(), "src"), "*.csproj", SearchOption.AllDirectories))
            if (Path.GetFileNameWithoutExtension(project) != "Vedette.Cli") References(project).ShouldNotContain("Vedette.Probes", project);
    }

    [Fact]
    public void Every_source_project_has_its_tests()
    {
        foreach (var project in Directory.GetDirectories(Path.Combine(Root(), "src")))
            Directory.Exists(Path.Combine(Root(), "tests", Path.GetFileName(project) + ".Tests")).ShouldBeTrue(project);
    }

    private static IEnumerable<string> References(string project) =>
        XDocument.Load(project).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value));

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));
}
