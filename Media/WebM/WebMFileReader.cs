using System.Collections.Immutable;
using Media.Buffers;
using Media.Containers;

namespace Media.WebM;

/// <summary>
/// WebM and Matroska (RFC 9559), finished or not. Frames come as the file has them interleaved; where it has no Cues, seeking
/// goes by the clusters themselves.
/// </summary>
public sealed class WebMFileReader : IMediaFileReader
{
    private const int ProbedFrames = 256;

    // Sound that is heard when a keyframe is shown may have begun this much before, in nanoseconds.
    private const long SoundBefore = 20_000_000;

    private readonly FileWindow _file;
    private readonly SegmentWalker _walker;
    private readonly SegmentHead _head;
    private readonly List<WebMTrackReader> _readers = [];
    private readonly TimeSpan[] _starts;
    private readonly KeyframePlaces _places;
    private WebMTrackReader? _laced;
    private int _lace;
    private long _laceTime;
    private long _skipUntil = long.MinValue;
    private bool _skipsVideo;

    internal WebMFileReader(FileWindow file, BufferPool pool)
    {
        _file = file;
        _walker = new SegmentWalker(file);
        _head = SegmentHead.Read(file, _walker);
        var media = _head.Tracks.Where(track => track.IsVideo || track.IsAudio).ToList();
        if (media.Count == 0) throw new MediaFileException("The file has neither picture nor sound.");
        _starts = new TimeSpan[media.Count];
        string?[] reasons = [.. media.Select((track, number) => Open(track, number, pool))];
        Probe(reasons);
        WebMTrackReader? lead = _readers.Find(reader => reader.IsVideo) ?? (_readers.Count > 0 ? _readers[0] : null);
        _places = new KeyframePlaces(_walker, _head, lead);
        Duration = _head.Duration ?? _places.Scan();
        Tracks = [.. media.Select((track, number) => Describe(track, number, reasons[number]))];
        Rewind(_head.FirstCluster);
    }

    public ImmutableArray<MediaFileTrack> Tracks { get; }

    public TimeSpan Duration { get; }

    public static bool Recognizes(ReadOnlySpan<byte> start) => start.Length >= 4 && start[..4].SequenceEqual((ReadOnlySpan<byte>)[0x1a, 0x45, 0xdf, 0xa3]);

    public bool TryRead(out MediaFileSample sample)
    {
        while (true)
        {
            sample = default;
            if (_laced is null && !TryNextBlock()) return false;
            WebMTrackReader reader = _laced!;
            if (_lace >= _walker.Block.Frames.Count)
            {
                _laced = null;
                continue;
            }

            (long offset, int length) = _walker.Block.Frames[_lace++];
            bool isRead = reader.TryRead(offset, length, _laceTime, _walker.IsKeyframe, out MediaFrame frame, out long duration);
            _laceTime += duration;
            if (!isRead) continue;
            sample = new MediaFileSample(reader.Number, frame);
            return true;
        }
    }

    public void Seek(TimeSpan position)
    {
        (long cluster, long time) = _places.Find(position);
        Rewind(cluster);
        if (time == long.MinValue) return;
        _skipUntil = time;
        _skipsVideo = _readers.Exists(reader => reader.IsVideo);
    }

    public void Dispose() => _file.Dispose();

    private void Rewind(long position)
    {
        _walker.GoTo(position);
        _laced = null;
        _skipUntil = long.MinValue;
        _skipsVideo = false;
        foreach (WebMTrackReader reader in _readers) reader.Reset();
    }

    private bool TryNextBlock()
    {
        while (_walker.MoveNext())
        {
            WebMTrackReader? reader = _readers.Find(reader => reader.TrackNumber == _walker.Block.Track);
            if (reader is null) continue;
            long time = reader.ToNanoseconds(_walker.Time);
            if (IsSkipped(reader, time)) continue;
            _laced = reader;
            _lace = 0;
            _laceTime = time;
            return true;
        }

        return false;
    }

    private bool IsSkipped(WebMTrackReader reader, long time)
    {
        if (_skipUntil == long.MinValue) return false;
        if (!reader.IsVideo) return time < _skipUntil - SoundBefore;
        if (_skipsVideo && _walker.IsKeyframe && time >= _skipUntil) _skipsVideo = false;
        return _skipsVideo;
    }

    private string? Open(MatroskaTrack track, int number, BufferPool pool)
    {
        if (track.Unsupported is not null) return track.Unsupported;
        var form = CanonicalForm.For(track.Codec, track.Private, track.Width, track.Height, track.SampleRate, track.Channels, pool);
        if (form is null) return $"The track's configuration of {track.Name} is missing or broken.";
        _readers.Add(new WebMTrackReader(number, track, form, _file, pool, _head.TimestampScale));
        return null;
    }

    // When each track begins, and what those are whose parameters stand in the stream only.
    private void Probe(string?[] reasons)
    {
        Rewind(_head.FirstCluster);
        var missing = new HashSet<int>(_readers.Select(reader => reader.Number));
        for (int i = 0; i < ProbedFrames && missing.Count > 0 && TryRead(out MediaFileSample sample); i++)
        {
            if (missing.Remove(sample.Track)) _starts[sample.Track] = MediaTime.ToSpan(sample.Frame.PresentationTime, sample.Frame.Format.ClockRate);
            sample.Frame.Release();
        }

        foreach (int number in missing) reasons[number] = "The track is empty, or its parameter sets are missing.";
        _readers.RemoveAll(reader => reader.Format is null || missing.Contains(reader.Number));
    }

    private MediaFileTrack Describe(MatroskaTrack track, int number, string? reason)
    {
        MediaKind kind = track.IsVideo ? MediaKind.Video : MediaKind.Audio;
        if (reason is not null) return new MediaFileTrack(kind, track.Name, null, reason, default, default);
        TrackFormat format = _readers.Find(reader => reader.Number == number)!.Format!;
        TimeSpan start = _starts[number];
        return new MediaFileTrack(kind, track.Name, format, null, start, Duration > start ? Duration - start : default);
    }
}
