using Media.Containers;

namespace Media.WebM;

/// <summary>
/// Where the keyframes of the leading track are: by the Cues as far as they go, the rest by looking at the blocks' headers.
/// </summary>
internal sealed class KeyframePlaces(SegmentWalker walker, SegmentHead head, WebMTrackReader? lead)
{
    private const int MaxPlaces = 1 << 20;
    private const long BeforeTheStart = -1;

    private List<CuePlace>? _scanned;

    /// <summary>Goes through the whole file; gives back where it ends.</summary>
    public TimeSpan Scan()
    {
        _scanned = [];
        long last = 0;
        walker.GoTo(head.FirstCluster);
        while (walker.MoveNext())
        {
            last = Math.Max(last, walker.Time + walker.BlockDuration);
            if (lead is null || walker.Block.Track != lead.TrackNumber || !walker.IsKeyframe || _scanned.Count == MaxPlaces) continue;
            if (_scanned.Count == 0 || walker.ClusterOffset != _scanned[^1].Cluster)
                _scanned.Add(new CuePlace(lead.TrackNumber, walker.Time, walker.ClusterOffset));
        }

        return new TimeSpan(MediaTime.Rescale(last, 100, head.TimestampScale));
    }

    /// <summary>The cluster and the time in nanoseconds of the last keyframe at or before a position; the first cluster where there is none.</summary>
    public (long Cluster, long Time) Find(TimeSpan position)
    {
        if (lead is null) return (head.FirstCluster, long.MinValue);
        long wanted = Math.Min(position.Ticks, long.MaxValue / 200) * 100;
        if (head.Cues.Count == 0 && _scanned is null) Scan();
        long start = head.FirstCluster, best = BeforeTheStart;
        foreach (CuePlace cue in _scanned ?? head.Cues)
        {
            if (cue.Track != lead.TrackNumber || cue.Time <= best || lead.ToNanoseconds(cue.Time) > wanted) continue;
            (start, best) = (cue.Cluster, cue.Time);
        }

        // From there on to the last one: cues need not name every keyframe.
        long cluster = head.FirstCluster, found = long.MinValue;
        walker.GoTo(start);
        while (walker.MoveNext())
        {
            if (walker.Block.Track != lead.TrackNumber || !walker.IsKeyframe) continue;
            long time = lead.ToNanoseconds(walker.Time);
            if (time > wanted) break;
            (cluster, found) = (walker.ClusterOffset, time);
        }

        return (cluster, found);
    }
}
