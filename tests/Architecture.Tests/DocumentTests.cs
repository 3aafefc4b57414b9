using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>What the documents say must be so.</summary>
public partial class DocumentTests
{
    [Fact]
    public void The_readme_names_every_package_that_is_shipped()
    {
        string readme = Repository.Read("README.md");
        Assert.All(
            Repository.Products.SelectMany(project => ReferenceTests.Items(project, "PackageReference")),
            package => Assert.Contains(package, readme, StringComparison.Ordinal));
    }

    [Fact]
    public void The_list_of_specifications_leads_to_files_that_exist()
    {
        string[] named = [.. Paths().Matches(Repository.Read("docs/specifications.md")).Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(named);
        Assert.All(named, path => Assert.True(
            Path.Exists(Path.Combine(Repository.Root, path)), $"docs/specifications.md names {path}, which does not exist"));
    }

    [GeneratedRegex("`([A-Za-z0-9./]+/[A-Za-z0-9./]*)`")]
    private static partial Regex Paths();
}
