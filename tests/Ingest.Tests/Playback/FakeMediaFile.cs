using System.Collections.Immutable;
using Media;
using Media.Buffers;
using Media.Containers;
using TestKit;

namespace Ingest.Tests.Playback;

/// <summary>A file with pictures every 40 ms, a keyframe every second, and sound every 20 ms; no bytes of it exist.</summary>
internal sealed class FakeMediaFile(BufferPool pool, double seconds)
{
    public const int PictureTicks = 3600;
    public const int SoundTicks = 960;

    public TrackFormat VideoFormat { get; init; } = TestRoom.VideoFormat;

    /// <summary>Pictures are shown that many picture times after they are decoded, and decoding begins before the file's zero.</summary>
    public int Reordering { get; init; }

    public bool HasVideo { get; init; } = true;

    /// <summary>Sound frames before the file's zero.</summary>
    public int Priming { get; init; }

    /// <summary>It ends there with a fault.</summary>
    public double BrokenAt { get; init; } = double.PositiveInfinity;

    /// <summary>The clock jumps by that many seconds at half time.</summary>
    public long Jump { get; init; }

    public int OpenReaders { get; private set; }

    public IMediaFileReader Open() => new Reader(this);

    private IEnumerable<MediaFileSample> Samples(long fromPicture)
    {
        long pictures = (long)(seconds * 25), sounds = (long)(seconds * 50);
        long picture = fromPicture;
        for (long sound = fromPicture == 0 ? -Priming : fromPicture * 2; sound < sounds; sound++)
        {
            while (HasVideo && picture < pictures && (picture - Reordering) * 2 <= sound) yield return Picture(picture++);
            yield return new MediaFileSample(HasVideo ? 1 : 0, Frame(TestRoom.AudioFormat, sound * SoundTicks + Late(sound * 20), 0, true, 40));
        }
    }

    private MediaFileSample Picture(long index)
    {
        long time = (index - Reordering) * PictureTicks + (Late(index * 40) * 90_000 / 48_000);
        return new MediaFileSample(0, Frame(VideoFormat, time, Reordering * PictureTicks, index % 25 == 0, 200));
    }

    private long Late(long milliseconds) => milliseconds >= seconds * 500 ? Jump * 48_000 : 0;

    private MediaFrame Frame(TrackFormat format, long time, long delay, bool isKeyframe, int length)
    {
        PooledBuffer buffer = pool.Rent(length);
        buffer.Span.Clear();
        if (format.Codec == Codec.Opus) buffer.Span[0] = 0xfc; // 20 ms
        else (buffer.Span[3], buffer.Span[4]) = ((byte)(length - 4), isKeyframe ? (byte)0x65 : (byte)0x41);
        return new MediaFrame(format, buffer, 0, length, time, time + delay, isKeyframe);
    }

    private sealed class Reader : IMediaFileReader
    {
        private readonly FakeMediaFile _file;
        private IEnumerator<MediaFileSample> _samples;

        public Reader(FakeMediaFile file)
        {
            _file = file;
            _samples = file.Samples(0).GetEnumerator();
            file.OpenReaders++;
        }

        public ImmutableArray<MediaFileTrack> Tracks =>
        [
            .. _file.HasVideo ? [new MediaFileTrack(MediaKind.Video, "H264", _file.VideoFormat, null, TimeSpan.Zero, Duration)] : ImmutableArray<MediaFileTrack>.Empty,
            new MediaFileTrack(MediaKind.Audio, "opus", TestRoom.AudioFormat, null, TimeSpan.Zero, Duration),
            new MediaFileTrack(MediaKind.Audio, "dts", null, "nobody here knows it", TimeSpan.Zero, Duration),
        ];

        public TimeSpan Duration => TimeSpan.FromSeconds(_file.Seconds);

        public bool TryRead(out MediaFileSample sample)
        {
            sample = default;
            if (!_samples.MoveNext()) return false;
            sample = _samples.Current;
            if (sample.Frame.DecodeTime < _file.BrokenAt * sample.Frame.Format.ClockRate) return true;
            sample.Frame.Release();
            throw new MediaFileException("the file ends in the middle");
        }

        public void Seek(TimeSpan position) => _samples = _file.Samples(Math.Min((long)position.TotalSeconds, (long)_file.Seconds - 1) * 25).GetEnumerator();

        public void Dispose() => _file.OpenReaders--;
    }

    private double Seconds => seconds;
}
