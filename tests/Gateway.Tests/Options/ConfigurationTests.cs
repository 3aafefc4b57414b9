using Gateway.Options;

namespace Gateway.Tests.Options;

public class ConfigurationTests
{
    [Fact]
    public void The_command_line_wins_over_the_file_beside_webroot_and_that_over_the_programs_own()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "webroot"));
        string program = Directory.CreateDirectory(Path.Combine(folder.Path, "bin")).FullName;
        File.WriteAllText(Path.Combine(program, "appsettings.json"), """{ "Http": { "Port": 1 }, "Https": { "Port": 2 }, "Rtmp": { "Port": 3 } }""");
        folder.File("appsettings.json", """{ "Https": { "Port": 22 }, "Rtmp": { "Port": 33 } }""");
        var configuration = Configuration.Read(["--Rtmp:Port=333"], program, out string found);
        Assert.Equal(("1", "22", "333"), (configuration["Http:Port"], configuration["Https:Port"], configuration["Rtmp:Port"]));
        Assert.Equal(folder.Path, found);
    }

    [Fact]
    public void A_broken_file_is_named_in_one_line()
    {
        using var folder = new TemporaryFolder();
        folder.File("appsettings.json", "{ \"Http\": ");
        var refusal = Assert.Throws<OptionException>(() => Configuration.Read([], folder.Path, out _));
        Assert.StartsWith("Configuration: ", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8080")]
    [InlineData("-p", "8080")]
    [InlineData("--Http:Port=1", "2")]
    public void An_argument_that_is_no_option_is_refused(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<OptionException>(() => Configuration.Read(arguments, folder.Path, out _));
    }
}
