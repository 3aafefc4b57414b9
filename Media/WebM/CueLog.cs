using Media.Containers;

namespace Media.WebM;

/// <summary>Where clusters begin that hold a keyframe, in a few bytes each; the Cues (RFC 9559 §5.1.5) are made of it.</summary>
internal sealed class CueLog(int track)
{
    private readonly ByteLog _log = new();
    private long _count;
    private long _lastTime;
    private long _lastPosition;

    /// <summary>Time of the newest entry in milliseconds; null before the first.</summary>
    public long? LastTime => _count == 0 ? null : _lastTime;

    public long Capacity => _log.Capacity;

    /// <param name="position">Of the cluster, from the start of the segment's data.</param>
    public void Add(long time, long position)
    {
        _log.AppendSigned(time - _lastTime);
        _log.AppendSigned(position - _lastPosition);
        (_lastTime, _lastPosition) = (time, position);
        _count++;
    }

    public void Write(EbmlBuilder output)
    {
        ByteLog.Reader log = _log.Read();
        long time = 0, position = 0;
        int cues = output.Begin(EbmlId.Cues);
        for (long i = 0; i < _count; i++)
        {
            time += log.NextSigned();
            position += log.NextSigned();
            int point = output.Begin(EbmlId.CuePoint);
            output.UnsignedInteger(EbmlId.CueTime, (ulong)time);
            int positions = output.Begin(EbmlId.CueTrackPositions);
            output.UnsignedInteger(EbmlId.CueTrack, (ulong)track);
            output.UnsignedInteger(EbmlId.CueClusterPosition, (ulong)position);
            output.End(positions);
            output.End(point);
        }

        output.End(cues);
    }
}
