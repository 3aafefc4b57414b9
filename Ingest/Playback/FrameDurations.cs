using Media;
using Media.Codecs;
using Rooms;

namespace Ingest.Playback;

/// <summary>How long frames last, which files do not say of each: by the codec of sound; of video as long as the one before.</summary>
internal sealed class FrameDurations
{
    private const long UsualPicture = TimeSpan.TicksPerSecond / 30;
    private const long LongestPicture = TimeSpan.TicksPerSecond;

    private TrackFormat? _audio;
    private int _audioSamples;
    private long _lastPicture = long.MinValue;
    private long _picture = UsualPicture;

    /// <summary>In ticks of 100 ns.</summary>
    /// <param name="time">The frame's decode time in ticks of 100 ns.</param>
    public long Of(in MediaFrame frame, long time)
    {
        if (frame.Format.Kind == MediaKind.Audio) return Timeline.ToTicks(SamplesOf(frame), frame.Format.ClockRate);
        long delta = time - _lastPicture;
        if (_lastPicture != long.MinValue && delta is > 0 and <= LongestPicture) _picture = delta;
        _lastPicture = time;
        return _picture;
    }

    private int SamplesOf(in MediaFrame frame)
    {
        TrackFormat format = frame.Format;
        if (format.Codec == Codec.Opus) return OpusPacket.TryParse(frame.Data, out OpusPacket packet) ? packet.Duration : 0;
        if (format.Codec is Codec.Pcmu or Codec.Pcma) return frame.Length / Math.Max(1, format.Channels);
        if (ReferenceEquals(format, _audio)) return _audioSamples;
        _audio = format;
        return _audioSamples = AacConfiguration.TryParse(format.Configuration.AsSpan(), out AacConfiguration aac) ? aac.FrameLength : 1024;
    }
}
