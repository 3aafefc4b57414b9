using System.Runtime.InteropServices;

namespace Recorder.Files;

/// <summary>What has to be done for a file's name, and not only for its content, to survive a loss of power.</summary>
internal static partial class DiskFolder
{
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000;

    /// <summary>Brings the folder's list of names to the disk; where the system has no such call, nothing happens.</summary>
    public static void Sync(string folder)
    {
        if (!OperatingSystem.IsLinux()) return;
        int handle = Open(folder, ReadOnly | CloseOnExec);
        if (handle < 0) return;
        _ = Fsync(handle);
        _ = Close(handle);
    }

    /// <summary>Writes a file so that, whenever the power goes, there is the old one or the whole new one.</summary>
    public static void WriteAtomically(string path, ReadOnlySpan<byte> content)
    {
        string made = path + ".new";
        using (var handle = File.OpenHandle(made, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(handle, content, 0);
            RandomAccess.FlushToDisk(handle);
        }

        File.Move(made, path, overwrite: true);
        Sync(Path.GetDirectoryName(path)!);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Fsync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
