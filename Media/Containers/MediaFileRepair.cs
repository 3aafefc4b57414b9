using Media.Mp4;
using Media.WebM;

namespace Media.Containers;

/// <summary>
/// Finishes files that were never finished, in place: whole fragments are kept, what is torn after them is cut, then the index
/// is appended as the writer would have done. A crash in the middle of it leaves a file that can be repaired again.
/// </summary>
public static class MediaFileRepair
{
    /// <param name="file">Readable, writable, seekable; stays open.</param>
    /// <param name="sync">Brings what was written to the disk; without it a <see cref="FileStream"/> is flushed to the disk.</param>
    /// <exception cref="MediaFileException">The file was not written by us.</exception>
    /// <exception cref="IOException">The disk refused; what is in the file stays readable.</exception>
    public static RepairResult Repair(Stream file, Action<Stream>? sync = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        sync ??= Flush;
        // The window is not disposed: it would close the stream.
        var window = new FileWindow(file);
        ReadOnlySpan<byte> start = window.Peek(0, WebMLayout.FixedLength);
        var output = new RepairedFile(file, sync);
        if (Mp4Layout.IsOurs(start)) return Mp4Repair.Repair(window, output);
        if (WebMLayout.IsOurs(start)) return WebMRepair.Repair(window, output);
        // A file that was cut in its first bytes can't be told from others, but there is nothing in it.
        if (start.Length < WebMLayout.FixedLength) return default(RepairResult) with { Outcome = RepairOutcome.NoMedia };
        throw new MediaFileException("The file is not one that was recorded here.");
    }

    private static void Flush(Stream file)
    {
        if (file is FileStream stream) stream.Flush(flushToDisk: true);
        else file.Flush();
    }
}
