namespace Architecture.Tests;

/// <summary>What the documents say must be so.</summary>
public class DocumentTests
{
    [Fact]
    public void The_readme_names_every_package_that_is_shipped()
    {
        string readme = Repository.Read("README.md");
        Assert.All(
            Repository.Products.SelectMany(project => ReferenceTests.Items(project, "PackageReference")),
            package => Assert.Contains(package, readme, StringComparison.Ordinal));
    }
}
