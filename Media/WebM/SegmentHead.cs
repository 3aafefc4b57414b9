using System.Text;
using Media.Containers;

namespace Media.WebM;

/// <summary>A place that the Cues name: where a cluster begins, and the time for which one goes there.</summary>
internal readonly record struct CuePlace(ulong Track, long Time, long Cluster);

/// <summary>What stands in a Matroska file before its first cluster, and its Cues, wherever they are.</summary>
internal sealed class SegmentHead
{
    private const int MaxContent = 64 << 20;
    private const int MaxElements = 4096;
    private const int MaxTracks = 64;
    private const int MaxCues = 1 << 20;
    private const long MaxScale = 1_000_000_000;

    private readonly List<CuePlace> _cues = [];
    private long _segment;
    private long _cuesOffset = -1;
    private double _duration;

    /// <summary>Nanoseconds of one tick of the segment's times.</summary>
    public long TimestampScale { get; private set; } = 1_000_000;

    public TimeSpan? Duration { get; private set; }

    public List<MatroskaTrack> Tracks { get; } = [];

    public IReadOnlyList<CuePlace> Cues => _cues;

    public long FirstCluster { get; private set; } = -1;

    public static SegmentHead Read(FileWindow file, SegmentWalker walker)
    {
        var head = new SegmentHead();
        head.ReadStart(file, walker);
        long offset = head._segment;
        for (int count = 0; head.FirstCluster < 0 && walker.TryReadHeader(offset, out uint id, out long content, out long size); count++)
        {
            if (count == MaxElements) throw new MediaFileException("The file has too many elements before its first cluster.");
            if (id == EbmlId.Cluster)
            {
                head.FirstCluster = offset;
                break;
            }

            if (size < 0) throw new MediaFileException($"The element at {offset} does not tell its size.");
            if (size > file.Length - content) throw new MediaFileException("The file ends in the middle of its head.");
            head.ReadElement(file, id, content, size);
            offset = content + size;
        }

        if (head.Tracks.Count == 0) throw new MediaFileException("The file names no tracks before its first cluster.");
        if (head.FirstCluster < 0) head.FirstCluster = file.Length;
        head.FindCues(file, walker);
        if (double.IsFinite(head._duration) && head._duration > 0)
            head.Duration = new TimeSpan((long)Math.Min(head._duration * head.TimestampScale / 100, long.MaxValue / 4));
        return head;
    }

    private static byte[] Content(FileWindow file, long offset, long size)
    {
        if (size > MaxContent) throw new MediaFileException("The file's head or index is too large.");
        byte[] content = new byte[size];
        file.Read(offset, content);
        return content;
    }

    private void ReadStart(FileWindow file, SegmentWalker walker)
    {
        if (!walker.TryReadHeader(0, out uint id, out long content, out long size) || id != EbmlId.Ebml || size is < 0 or > 4096 || size > file.Length - content)
            throw new MediaFileException("The file's EBML header is broken.");
        ReadOnlySpan<byte> header = Content(file, content, size);
        var elements = new EbmlReader(header);
        while (elements.MoveNext())
            if (elements.Id == EbmlId.DocType && Encoding.ASCII.GetString(elements.Content).TrimEnd('\0') is not ("webm" or "matroska"))
                throw new MediaFileException("The file is EBML, but neither WebM nor Matroska.");
        long offset = content + size;
        for (int count = 0; count < MaxElements && walker.TryReadHeader(offset, out id, out content, out size); count++)
        {
            _segment = content;
            if (id == EbmlId.Segment) return;
            if (size < 0 || size > file.Length - content) break;
            offset = content + size;
        }

        throw new MediaFileException("The file has no segment.");
    }

    private void ReadElement(FileWindow file, uint id, long offset, long size)
    {
        switch (id)
        {
            case EbmlId.Info: ReadInformation(Content(file, offset, size)); break;
            case EbmlId.Tracks: ReadTracks(Content(file, offset, size)); break;
            case EbmlId.SeekHead: ReadSeekHead(Content(file, offset, size)); break;
            case EbmlId.Cues: ReadCues(Content(file, offset, size)); break;
        }
    }

    private void ReadInformation(ReadOnlySpan<byte> content)
    {
        var elements = new EbmlReader(content);
        while (elements.MoveNext())
        {
            if (elements.Id == EbmlId.TimestampScale) TimestampScale = (long)Math.Min(elements.UnsignedInteger(), long.MaxValue);
            else if (elements.Id == EbmlId.Duration) _duration = elements.Float();
        }

        if (TimestampScale is < 1 or > MaxScale) throw new MediaFileException("The file's time scale is impossible.");
    }

    private void ReadTracks(ReadOnlySpan<byte> content)
    {
        var elements = new EbmlReader(content);
        while (elements.MoveNext())
            if (elements.Id == EbmlId.TrackEntry && Tracks.Count < MaxTracks) Tracks.Add(MatroskaTrack.Parse(elements.Content));
        if (elements.IsMalformed) throw new MediaFileException("An element among the file's tracks has an impossible size.");
    }

    private void ReadSeekHead(ReadOnlySpan<byte> content)
    {
        var entries = new EbmlReader(content);
        while (entries.MoveNext())
        {
            if (entries.Id != EbmlId.Seek) continue;
            ulong id = 0, position = ulong.MaxValue;
            var elements = new EbmlReader(entries.Content);
            while (elements.MoveNext())
            {
                if (elements.Id == EbmlId.SeekId) id = elements.UnsignedInteger();
                else if (elements.Id == EbmlId.SeekPosition) position = elements.UnsignedInteger();
            }

            if (id == EbmlId.Cues && position < long.MaxValue / 2) _cuesOffset = _segment + (long)position;
        }
    }

    // Cues that are not where they should be are done without.
    private void FindCues(FileWindow file, SegmentWalker walker)
    {
        if (_cues.Count > 0 || _cuesOffset < 0 || _cuesOffset >= file.Length) return;
        if (!walker.TryReadHeader(_cuesOffset, out uint id, out long content, out long size) || id != EbmlId.Cues) return;
        if (size >= 0 && size <= file.Length - content) ReadCues(Content(file, content, size));
    }

    private void ReadCues(ReadOnlySpan<byte> content)
    {
        var points = new EbmlReader(content);
        while (points.MoveNext() && _cues.Count < MaxCues)
        {
            if (points.Id != EbmlId.CuePoint) continue;
            ulong time = 0;
            var elements = new EbmlReader(points.Content);
            while (elements.MoveNext())
            {
                if (elements.Id == EbmlId.CueTime) time = elements.UnsignedInteger();
                else if (elements.Id == EbmlId.CueTrackPositions) ReadPositions(elements.Content, time);
            }
        }
    }

    private void ReadPositions(ReadOnlySpan<byte> content, ulong time)
    {
        ulong track = 0, position = ulong.MaxValue;
        var elements = new EbmlReader(content);
        while (elements.MoveNext())
        {
            if (elements.Id == EbmlId.CueTrack) track = elements.UnsignedInteger();
            else if (elements.Id == EbmlId.CueClusterPosition) position = elements.UnsignedInteger();
        }

        if (time <= 1UL << 48 && position < long.MaxValue / 2) _cues.Add(new CuePlace(track, (long)time, _segment + (long)position));
    }
}
