using Media.Buffers;
using Media.Containers;

namespace Media.Mp4;

/// <summary>One track that can be read: the sample at which it stands, and its times on the file's timeline.</summary>
internal sealed class Mp4TrackReader
{
    // A frame that is larger is a mistake or an attack.
    private const int MaxSample = 64 << 20;

    private readonly ParsedTrack _track;
    private readonly CanonicalForm _form;
    private readonly FileWindow _file;
    private readonly BufferPool _pool;
    private readonly uint _movieScale;
    private readonly bool _hasSyncMarks;
    private TrackCursor _cursor;

    public Mp4TrackReader(int number, ParsedTrack track, CanonicalForm form, FileWindow file, BufferPool pool, uint movieScale)
    {
        Number = number;
        _track = track;
        _form = form;
        _file = file;
        _pool = pool;
        _movieScale = movieScale;
        // Where every sample of a video is marked, the marks say nothing.
        _hasSyncMarks = track.IsAudio || track.Index.KeyframeCount < track.Index.Count;
        FindFormat();
        Rewind();
    }

    public int Number { get; }

    public bool IsVideo => _track.IsVideo;

    public TrackFormat? Format => _form.Format;

    /// <summary>There is no further sample, or the file ends before it.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Decode time of the sample at which it stands.</summary>
    public TimeSpan Position { get; private set; }

    public void Rewind()
    {
        _cursor = new TrackCursor(_track.Index);
        MoveNext();
    }

    public void MoveNext()
    {
        IsAtEnd = !_cursor.MoveNext() || _cursor.Offset < 0 || _cursor.Offset > _file.Length - _cursor.Size;
        if (!IsAtEnd) Position = ToSpan(_cursor.Decode);
    }

    /// <summary>Makes a frame of the sample at which it stands. False: there is none in it.</summary>
    public bool TryRead(out MediaFrame frame)
    {
        frame = default;
        if (_cursor.Size == 0) return false;
        if (_cursor.Size > MaxSample) throw new MediaFileException($"A sample of {_cursor.Size} bytes is too large.");
        PooledBuffer buffer = _pool.Rent(_cursor.Size);
        try
        {
            _file.Read(_cursor.Offset, buffer.Span);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }

        if (!_form.TryMake(buffer, _cursor.Size, _hasSyncMarks && _cursor.IsKeyframe, out CanonicalSample sample)) return false;
        int rate = _form.Format!.ClockRate;
        frame = new MediaFrame(
            _form.Format, sample.Buffer, sample.Offset, sample.Length, ToClock(_cursor.Decode, rate), ToClock(_cursor.Presentation, rate),
            sample.IsKeyframe, sample.IsDiscardable);
        return true;
    }

    /// <summary>Goes to the last sync sample shown at or before a position, or to the first one; gives back when it is shown.</summary>
    public TimeSpan SeekToKeyframe(TimeSpan position) => Seek(position, onlyKeyframes: true);

    /// <summary>Goes to the last sample heard or shown at or before a position, or to the first one.</summary>
    public void SeekTo(TimeSpan position) => Seek(position, onlyKeyframes: false);

    public TimeSpan ToSpan(long mediaTime) => new(ToClock(mediaTime, MediaTime.TicksPerSecond));

    private TimeSpan Seek(TimeSpan position, bool onlyKeyframes)
    {
        // Composition offsets may be negative: a sample that is decoded a little later may still be shown before.
        TimeSpan slack = TimeSpan.FromSeconds(10);
        var walk = new TrackCursor(_track.Index);
        TrackCursor found = default;
        TimeSpan shown = default;
        bool isFound = false;
        while (walk.MoveNext() && ToSpan(walk.Decode) - slack <= position)
        {
            if (onlyKeyframes && !walk.IsKeyframe) continue;
            TimeSpan time = ToSpan(walk.Presentation);
            if (isFound && (time > position || time < shown)) continue;
            (found, shown, isFound) = (walk, time, true);
        }

        if (!isFound)
        {
            Rewind();
            return Position;
        }

        _cursor = found;
        IsAtEnd = _cursor.Offset < 0 || _cursor.Offset > _file.Length - _cursor.Size;
        Position = ToSpan(_cursor.Decode);
        return shown;
    }

    private long ToClock(long mediaTime, long rate) =>
        MediaTime.RescaleNearest(mediaTime - _track.MediaStart, _track.TimeScale, rate) + MediaTime.RescaleNearest(_track.EmptyEdit, _movieScale, rate);

    // Parameter sets may stand in the stream only.
    private void FindFormat()
    {
        Rewind();
        for (int i = 0; i < 8 && _form.Format is null && !IsAtEnd; i++, MoveNext())
            if (TryRead(out MediaFrame frame)) frame.Release();
    }
}
