using System.Collections.Immutable;

namespace Media.Containers;

/// <summary>Changes a file in steps, each on the disk before the next.</summary>
internal sealed class RepairedFile(Stream file, Action<Stream> sync)
{
    /// <summary>Takes reserved fields back to what they were while the file was being written, where they are not.</summary>
    public void Restore(ImmutableArray<FilePatch> fields, ReadOnlySpan<byte> start)
    {
        foreach (FilePatch field in fields)
            if (!start.Slice((int)field.Offset, field.Bytes.Length).SequenceEqual(field.Bytes.Span)) Write(field);
    }

    /// <summary>Cuts the file, appends the index and patches the reserved fields.</summary>
    public void Finish(long length, FinishedFile finished)
    {
        file.SetLength(length);
        Write(new FilePatch(length, finished.Append));
        foreach (FilePatch patch in finished.Patches) Write(patch);
    }

    private void Write(FilePatch patch)
    {
        file.Position = patch.Offset;
        file.Write(patch.Bytes.Span);
        sync(file);
    }
}
