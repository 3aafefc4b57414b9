using Gateway.Authorization;
using Gateway.Options;
using Microsoft.Extensions.Configuration;

namespace Gateway.Tests.Authorization;

public class AdminKeyTests
{
    [Fact]
    public void It_is_made_once_and_kept_for_its_owner_only()
    {
        using var folder = new TemporaryFolder();
        string made = AdminKey.ReadOrCreate(Options(folder, null), out bool isNew);
        Assert.True(isNew);
        Assert.True(made.Length >= 32);
        Assert.True(folder.IsPrivate(AdminKey.FileName));
        Assert.Equal(made, AdminKey.ReadOrCreate(Options(folder, null), out isNew));
        Assert.False(isNew);
    }

    [Fact]
    public void One_that_is_set_is_not_written_down()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal("mine", AdminKey.ReadOrCreate(Options(folder, "mine"), out bool isNew));
        Assert.False(isNew);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    private static GatewayOptions Options(TemporaryFolder folder, string? key) => OptionsReader.Read(
        new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?> { ["Certificates:Directory"] = folder.Path, ["Admin:Key"] = key }).Build(),
        "/base");
}
