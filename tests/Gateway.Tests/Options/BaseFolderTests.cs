using Gateway.Options;

namespace Gateway.Tests.Options;

public class BaseFolderTests
{
    [Fact]
    public void The_folder_that_holds_webroot_is_found_upwards()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "webroot"));
        string program = Directory.CreateDirectory(Path.Combine(folder.Path, "Gateway", "bin")).FullName;
        Assert.Equal(folder.Path, BaseFolder.Find(program));
    }

    [Fact]
    public void Without_webroot_it_is_the_programs_own_folder()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(folder.Path, BaseFolder.Find(folder.Path + "/"));
    }
}
