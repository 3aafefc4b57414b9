using Microsoft.Win32.SafeHandles;

namespace Recorder.Files;

/// <summary>A file on a real disk.</summary>
public sealed class DiskFile : IRecordingFile
{
    private readonly SafeFileHandle _handle;

    public DiskFile(string path) =>
        // Readable by others meanwhile: a running recording can be watched up to what was written.
        _handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);

    public long Length { get; private set; }

    public void Append(ReadOnlySpan<byte> data)
    {
        RandomAccess.Write(_handle, data, Length);
        Length += data.Length;
    }

    public void Overwrite(long offset, ReadOnlySpan<byte> data) => RandomAccess.Write(_handle, data, offset);

    public void Truncate(long length)
    {
        RandomAccess.SetLength(_handle, length);
        Length = length;
    }

    public void Sync() => RandomAccess.FlushToDisk(_handle);

    public void Dispose() => _handle.Dispose();
}

/// <summary>The machine's own disk.</summary>
public sealed class RecordingDisk : IRecordingDisk
{
    public IRecordingFile Create(string path)
    {
        var file = new DiskFile(path);
        DiskFolder.Sync(Path.GetDirectoryName(path)!);
        return file;
    }

    public long FreeBytes(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return long.MaxValue; // not told: writing will tell
        }
    }
}
