using Media.Codecs;
using Media.Containers;

namespace Media.WebM;

/// <summary>Repairs a file of <see cref="WebMWriter"/> by its clusters, whatever the reserved fields and the tail look like.</summary>
internal sealed class WebMRepair
{
    private readonly FileWindow _file;
    private readonly SegmentHead _head;
    private readonly MatroskaTrack _lead;
    private readonly CueLog _cues;
    private readonly Block _block = new();
    private readonly List<(MatroskaTrack Track, long Time, bool IsKeyframe, long Offset)> _frames = [];
    private readonly Dictionary<ulong, long> _last = [];
    private long _first = long.MaxValue;
    private long _end;

    private WebMRepair(FileWindow file, SegmentHead head)
    {
        _file = file;
        _head = head;
        _lead = head.Tracks.Find(track => track.IsVideo) ?? head.Tracks[0];
        _cues = new CueLog((int)_lead.Number);
    }

    public static RepairResult Repair(FileWindow file, RepairedFile output)
    {
        byte[] start = file.Peek(0, WebMLayout.FixedLength).ToArray();
        SegmentHead head;
        try
        {
            head = SegmentHead.Read(file, new SegmentWalker(file));
        }
        catch (MediaFileException)
        {
            return new RepairResult(RepairOutcome.NoMedia, default, 0, 0); // cut in its head
        }

        if (WebMLayout.IsFinished(start, file.Length)) return new RepairResult(RepairOutcome.WasFinished, head.Duration ?? default, 0, 0);
        var repair = new WebMRepair(file, head);
        long end = repair.ReadClusters(out int clusters);
        if (clusters == 0) return new RepairResult(RepairOutcome.NoMedia, default, 0, 0);
        output.Restore(WebMLayout.Unfinished(), start);
        output.Finish(end, WebMWriter.Finish(repair._cues, end, repair._end));
        return new RepairResult(RepairOutcome.Repaired, TimeSpan.FromMilliseconds(repair._end - repair._first), clusters, file.Length - end);
    }

    private long ReadClusters(out int clusters)
    {
        long offset = _head.FirstCluster;
        for (clusters = 0; TryReadElement(offset, out uint id, out long content, out long size) && id == EbmlId.Cluster; clusters++)
        {
            if (!TryReadCluster(content, content + size)) break;
            Commit(offset - WebMLayout.SegmentDataOffset);
            offset = content + size;
        }

        return offset;
    }

    private bool TryReadElement(long offset, out uint id, out long content, out long size)
    {
        bool isRead = EbmlReader.TryReadHeader(_file.Peek(offset, EbmlReader.MaxHeaderLength), out id, out size, out int length);
        content = offset + length;
        return isRead && size >= 0 && size <= _file.Length - content;
    }

    private bool TryReadCluster(long offset, long end)
    {
        _frames.Clear();
        long time = -1;
        while (offset < end)
        {
            if (!TryReadElement(offset, out uint id, out long content, out long size) || size > end - content) return false;
            if (id == EbmlId.Timestamp && size is > 0 and <= 8) time = (long)Math.Min(EbmlReader.ToUnsigned(_file.Peek(content, (int)size)), 1UL << 48);
            else if (id != EbmlId.SimpleBlock || time < 0 || !TryReadBlock(content, size, time)) return false;
            offset = content + size;
        }

        return offset == end && _frames.Count > 0;
    }

    private bool TryReadBlock(long offset, long size, long time)
    {
        if (!_block.TryParse(_file, offset, size) || _block.Frames.Count != 1) return false;
        MatroskaTrack? track = _head.Tracks.Find(track => track.Number == _block.Track);
        if (track is null) return false;
        _frames.Add((track, time + _block.Time, _block.IsKeyframe, _block.Frames[0].Offset));
        return true;
    }

    // As the writer counted them
    private void Commit(long position)
    {
        bool hasCue = false;
        foreach ((MatroskaTrack track, long time, bool isKeyframe, long offset) in _frames)
        {
            long duration = time - _last.GetValueOrDefault(track.Number, time - 33);
            if (track.Codec == Codec.Opus && OpusPacket.TryParse(_file.Peek(offset, 2), out OpusPacket packet)) duration = packet.Duration / 48;
            _last[track.Number] = time;
            _first = Math.Min(_first, time);
            _end = Math.Max(_end, time + duration);
            if (hasCue || track != _lead || !isKeyframe || !WebMWriter.IsCue(_cues, track.IsVideo ? MediaKind.Video : MediaKind.Audio, time)) continue;
            _cues.Add(time, position);
            hasCue = true;
        }

        if (_cues.LastTime is null) _cues.Add(_frames.Min(frame => frame.Time), position);
    }
}
