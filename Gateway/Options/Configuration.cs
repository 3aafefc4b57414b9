namespace Gateway.Options;

/// <summary>
/// Where settings come from, the later ones winning: appsettings.json of the program, the one beside <c>webroot/</c>,
/// environment variables (<c>Http__Port</c>), the command line (<c>--Http:Port=8080</c>).
/// </summary>
internal static class Configuration
{
    private const string FileName = "appsettings.json";

    public static IConfiguration Read(string[] arguments, string programFolder, out string baseFolder)
    {
        baseFolder = BaseFolder.Find(programFolder);
        if (arguments.FirstOrDefault(argument => !argument.StartsWith("--", StringComparison.Ordinal) && !IsValue(arguments, argument)) is { } stray)
            throw new OptionException($"Command line: \"{stray}\" is not understood; write options as --NAME=VALUE, such as --Http:Port=8080");
        try
        {
            return new ConfigurationBuilder()
                .AddJsonFile(Path.Combine(programFolder, FileName), optional: true, reloadOnChange: false)
                .AddJsonFile(Path.Combine(baseFolder, FileName), optional: true, reloadOnChange: false)
                .AddEnvironmentVariables()
                .AddCommandLine(arguments)
                .Build();
        }
        catch (Exception e) when (e is FormatException or InvalidDataException)
        {
            throw new OptionException($"Configuration: {e.GetBaseException().Message}", e);
        }
    }

    /// <summary>True for the VALUE of <c>--NAME VALUE</c>.</summary>
    private static bool IsValue(string[] arguments, string argument)
    {
        int index = Array.IndexOf(arguments, argument);
        return index > 0 && arguments[index - 1].StartsWith("--", StringComparison.Ordinal) && !arguments[index - 1].Contains('=', StringComparison.Ordinal);
    }
}
