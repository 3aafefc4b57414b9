using System.Buffers;
using Media.Containers;

namespace Media.Tests.Containers;

/// <summary>A file in memory as its owner would make it out of what a writer gives.</summary>
internal sealed class WrittenFile
{
    private readonly ArrayBufferWriter<byte> _data = new();

    /// <summary>Where each fragment ends; the first entry is the end of the header.</summary>
    public List<int> Ends { get; } = [];

    public byte[] Bytes => _data.WrittenSpan.ToArray();

    public void Begin(IMediaFileWriter writer)
    {
        writer.WriteHeader(_data);
        Ends.Add(_data.WrittenCount);
    }

    public void Cut(IMediaFileWriter writer)
    {
        writer.CutFragment(_data);
        Assert.Equal(_data.WrittenCount, writer.Length);
        if (_data.WrittenCount > Ends[^1]) Ends.Add(_data.WrittenCount);
    }

    public static byte[] Append(byte[] file, FinishedFile finished) => [.. file, .. finished.Append.Span];

    public static byte[] Apply(byte[] file, FilePatch patch)
    {
        byte[] patched = [.. file];
        patch.Bytes.CopyTo(patched.AsMemory((int)patch.Offset));
        return patched;
    }

    /// <summary>Everything: appended and patched.</summary>
    public static byte[] Finish(byte[] file, FinishedFile finished) =>
        finished.Patches.Aggregate(Append(file, finished), Apply);
}
