namespace Recorder.Files;

/// <summary>
/// A file that is being recorded. Written by <see cref="DiskFile"/>; tests have others, that forget what was not synced,
/// stall, or are full. A failure is an <see cref="IOException"/>. One thread.
/// </summary>
public interface IRecordingFile : IDisposable
{
    long Length { get; }

    void Append(ReadOnlySpan<byte> data);

    /// <summary>Writes over bytes that are there already.</summary>
    void Overwrite(long offset, ReadOnlySpan<byte> data);

    /// <summary>Cuts off what is behind <paramref name="length"/>.</summary>
    void Truncate(long length);

    /// <summary>Returns when all that was written survives a loss of power.</summary>
    void Sync();
}

/// <summary>Where recordings are written: a disk, or in tests one that fails.</summary>
public interface IRecordingDisk
{
    /// <summary>Makes a new file, which survives a loss of power from then on.</summary>
    IRecordingFile Create(string path);

    /// <summary>Room that is left for files in that folder.</summary>
    long FreeBytes(string folder);
}
