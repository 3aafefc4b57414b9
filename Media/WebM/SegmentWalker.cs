using Media.Containers;

namespace Media.WebM;

/// <summary>
/// Goes through the blocks of a segment from cluster to cluster, whatever stands between them. Clusters are entered, so that
/// those of unknown size (RFC 8794 §6.2) end where the next one begins.
/// </summary>
internal sealed class SegmentWalker(FileWindow file)
{
    private long _clusterTime;
    private readonly Block _block = new();

    /// <summary>Where the next element begins.</summary>
    public long Position { get; private set; }

    /// <summary>Where the cluster of the last block begins.</summary>
    public long ClusterOffset { get; private set; }

    public Block Block => _block;

    /// <summary>Of the last block, on the segment's scale.</summary>
    public long Time { get; private set; }

    public bool IsKeyframe { get; private set; }

    /// <summary>On the segment's scale, or 0 where the block does not say.</summary>
    public long BlockDuration { get; private set; }

    public void GoTo(long position)
    {
        Position = ClusterOffset = position;
        _clusterTime = 0;
    }

    /// <summary>Goes on to the next block that is whole; false at the end of the file.</summary>
    public bool MoveNext()
    {
        while (TryReadHeader(Position, out uint id, out long content, out long size))
        {
            if (id is EbmlId.Segment or EbmlId.Cluster)
            {
                if (id == EbmlId.Cluster) ClusterOffset = Position;
                Position = content;
                continue;
            }

            if (size == EbmlReader.UnknownSize) throw new MediaFileException($"The element at {Position} does not tell its size.");
            if (size > file.Length - content) return false;
            Position = content + size;
            switch (id)
            {
                case EbmlId.Timestamp:
                    _clusterTime = ToTime(EbmlReader.ToUnsigned(file.Peek(content, (int)Math.Min(size, 9))));
                    break;
                case EbmlId.SimpleBlock when _block.TryParse(file, content, size):
                    (Time, IsKeyframe, BlockDuration) = (_clusterTime + _block.Time, _block.IsKeyframe, 0);
                    return true;
                case EbmlId.BlockGroup when TryReadGroup(content, content + size):
                    return true;
            }
        }

        return false;
    }

    public bool TryReadHeader(long offset, out uint id, out long content, out long size)
    {
        bool isRead = EbmlReader.TryReadHeader(file.Peek(offset, EbmlReader.MaxHeaderLength), out id, out size, out int length);
        content = offset + length;
        return isRead;
    }

    private static long ToTime(ulong value) =>
        value <= 1UL << 48 ? (long)value : throw new MediaFileException("A cluster has an impossible timestamp.");

    private bool TryReadGroup(long offset, long end)
    {
        bool hasBlock = false, hasReference = false;
        BlockDuration = 0;
        while (offset < end && TryReadHeader(offset, out uint id, out long content, out long size))
        {
            if (size < 0 || size > end - content) break;
            if (id == EbmlId.Block) hasBlock = _block.TryParse(file, content, size);
            else if (id == EbmlId.ReferenceBlock) hasReference = true;
            else if (id == EbmlId.BlockDuration) BlockDuration = ToTime(EbmlReader.ToUnsigned(file.Peek(content, (int)Math.Min(size, 9))));
            offset = content + size;
        }

        (Time, IsKeyframe) = (_clusterTime + _block.Time, !hasReference);
        return hasBlock;
    }
}
