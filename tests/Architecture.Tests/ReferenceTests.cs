using System.Reflection;
using System.Xml.Linq;

namespace Architecture.Tests;

/// <summary>The law between the projects, checked in the project files and in the built assemblies.</summary>
public class ReferenceTests
{
    private static readonly Dictionary<string, string[]> s_law = new()
    {
        ["Media"] = [],
        ["Protocols"] = ["Media"],
        ["Rooms"] = ["Media"],
        ["Ingest"] = ["Protocols", "Rooms", "Media"],
        ["Egress"] = ["Protocols", "Rooms", "Media"],
        ["Recorder"] = ["Rooms", "Media"],
        ["Gateway"] = ["Ingest", "Egress", "Recorder", "Protocols", "Rooms", "Media"],
    };

    private static readonly string[] s_packagesOfGateway = ["Microsoft.AspNetCore.OpenApi"];

    public static TheoryData<string> Projects => [.. Repository.Products];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_names_only_the_projects_below_it(string project)
    {
        string[] named = [.. Items(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))];
        Assert.Empty(named.Except(s_law[project]));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_built_assembly_refers_only_to_the_assemblies_below_it(string project)
    {
        string[] referred = [.. Assembly.Load(project).GetReferencedAssemblies().Select(name => name.Name!)];
        Assert.Empty(referred.Intersect(Repository.Products).Except(s_law[project]));
        if (project != "Gateway")
            Assert.DoesNotContain(referred, name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Packages_are_only_those_that_were_agreed(string project)
    {
        string[] agreed = project == "Gateway" ? s_packagesOfGateway : [];
        Assert.Empty(Items(project, "PackageReference").Except(agreed));
    }

    [Fact]
    public void No_other_project_stands_beside_the_seven()
    {
        string[] folders = [.. Directory.EnumerateDirectories(Repository.Root).Select(path => Path.GetFileName(path)!)];
        string[] known = [.. Repository.Products, "webroot", "certs", "tests", "bench", "docs"];
        string[] made = ["recordings", "media", "TestResults", "artifacts"];
        Assert.Empty(folders.Where(name => !name.StartsWith('.')).Except(known).Except(made));
    }

    internal static IEnumerable<string> Items(string project, string element) =>
        Repository.ProjectFiles(project)
            .SelectMany(path => XDocument.Load(path).Descendants(element))
            .Select(item => item.Attribute("Include")?.Value ?? "");
}
