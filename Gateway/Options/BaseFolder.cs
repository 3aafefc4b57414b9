namespace Gateway.Options;

/// <summary>Finds the folder that relative paths count from: the nearest one upwards that holds <c>webroot/</c>.</summary>
internal static class BaseFolder
{
    public static string Find(string programFolder)
    {
        for (DirectoryInfo? folder = new(programFolder); folder is not null; folder = folder.Parent)
            if (Directory.Exists(Path.Combine(folder.FullName, "webroot"))) return folder.FullName;
        return Path.TrimEndingDirectorySeparator(Path.GetFullPath(programFolder));
    }
}
