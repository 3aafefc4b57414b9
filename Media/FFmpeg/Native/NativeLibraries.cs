using System.Reflection;
using System.Runtime.InteropServices;

namespace Media.FFmpeg.Native;

/// <summary>
/// Finds the shared libraries of one FFmpeg release, newest first and never a mixture, and resolves this assembly's
/// imports to them. What was found stays loaded for the life of the process.
/// </summary>
internal static class NativeLibraries
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, nint> Loaded = [];
    private static AvRelease? _release;

    /// <summary>The release that imports resolve to. Set before the first import is called.</summary>
    public static AvRelease Release =>
        _release ?? throw new InvalidOperationException("FFmpegLibrary.Load must have found FFmpeg first.");

    /// <param name="directory">Look only there; null = where the system looks.</param>
    public static bool TryLoad(string? directory, out string missing)
    {
        lock (Gate)
        {
            missing = "";
            if (directory is null && _release is not null) return true;
            foreach (AvRelease release in AvRelease.Known)
            {
                if (!TryLoadRelease(release, directory, out nint[] handles)) continue;
                Keep(release, handles);
                return true;
            }

            missing = "the shared libraries libavutil, libavcodec and libavfilter of FFmpeg 5 to 8 were not found"
                + (directory is null ? "" : " in the given directory");
            return false;
        }
    }

    private static void Keep(AvRelease release, nint[] handles)
    {
        if (_release is not null) return;
        Loaded[AvUtil.Library] = handles[0];
        Loaded[AvCodec.Library] = handles[1];
        Loaded[AvFilter.Library] = handles[2];
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);
        _release = release;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        Loaded.TryGetValue(name, out nint handle) ? handle : 0;

    private static bool TryLoadRelease(AvRelease release, string? directory, out nint[] handles)
    {
        handles = new nint[3];
        (string Name, int Major)[] names =
            [(AvUtil.Library, release.Util), (AvCodec.Library, release.Codec), (AvFilter.Library, release.Filter)];
        for (int i = 0; i < names.Length; i++)
        {
            string file = FileName(names[i].Name, names[i].Major);
            if (directory is not null) file = Path.Combine(directory, file);
            if (NativeLibrary.TryLoad(file, out handles[i])) continue;
            for (int j = 0; j < i; j++) NativeLibrary.Free(handles[j]);
            return false;
        }

        return true;
    }

    private static string FileName(string name, int major) =>
        OperatingSystem.IsWindows() ? $"{name}-{major}.dll"
        : OperatingSystem.IsMacOS() ? $"lib{name}.{major}.dylib"
        : $"lib{name}.so.{major}";
}
