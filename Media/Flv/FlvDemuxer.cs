using Media.Buffers;
using Media.Codecs;
using Media.Timing;

namespace Media.Flv;

public enum FlvDemuxResult
{
    /// <summary>There is a frame; its reference belongs to the caller.</summary>
    Frame,

    /// <summary>A header or an end mark was taken up; nothing to show.</summary>
    Nothing,

    /// <summary>The tag is broken; the next one may be good.</summary>
    Malformed,

    /// <summary>A codec that is not carried: see <see cref="FlvDemuxer.UnsupportedVideo"/>.</summary>
    Unsupported,

    /// <summary>A frame before its sequence header.</summary>
    NotConfigured,
}

/// <summary>
/// Makes frames out of the bodies of audio and video tags, as RTMP messages and FLV files carry them. A frame is a slice
/// of the tag's own buffer, brought into canonical form in place. Times become exact here: milliseconds to 90 kHz, and to
/// the audio's own sample grid. One thread.
/// </summary>
public sealed class FlvDemuxer(RtmpTimeline timeline, BufferPool pool)
{
    private const int VideoTicksPerMillisecond = 90;

    private readonly H264Stream _video = new();
    private readonly AacStream _audio = new();
    private readonly SampleGrid _grid = new();

    /// <summary>The video codec that came and is not carried, such as <c>hvc1</c>; else null.</summary>
    public string? UnsupportedVideo { get; private set; }

    /// <summary>The audio codec that came and is not carried, such as <c>Mp3</c>; else null.</summary>
    public string? UnsupportedAudio { get; private set; }

    /// <summary>Demuxes the body of one tag. The buffer is borrowed and may be changed within the body.</summary>
    /// <param name="timestamp">The tag's milliseconds, not extended.</param>
    /// <param name="now">Monotonic ticks.</param>
    public FlvDemuxResult Demux(
        MediaKind kind, uint timestamp, long now, PooledBuffer buffer, int offset, int length, out MediaFrame frame)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        return kind == MediaKind.Video
            ? DemuxVideo(timestamp, now, buffer, offset, length, out frame)
            : DemuxAudio(timestamp, now, buffer, offset, length, out frame);
    }

    private FlvDemuxResult DemuxVideo(
        uint timestamp, long now, PooledBuffer buffer, int offset, int length, out MediaFrame frame)
    {
        frame = default;
        Span<byte> body = buffer.Array.AsSpan(offset, length);
        if (!FlvVideoTag.TryParse(body, out FlvVideoTag tag)) return FlvDemuxResult.Malformed;
        if (tag.IsCommand) return FlvDemuxResult.Nothing;
        if (tag.Codec != FlvVideoCodec.Avc)
        {
            UnsupportedVideo = FlvCodecName.Of(tag);
            return FlvDemuxResult.Unsupported;
        }

        UnsupportedVideo = null;
        Span<byte> data = body[tag.DataOffset..];
        switch (tag.PacketType)
        {
            case FlvPacketType.SequenceHeader:
                return _video.TryConfigure(data) ? FlvDemuxResult.Nothing : FlvDemuxResult.Malformed;
            case FlvPacketType.Frame:
                long time = timeline.Extend(MediaKind.Video, timestamp, now) * VideoTicksPerMillisecond;
                long composition = (long)tag.CompositionTime * VideoTicksPerMillisecond;
                return MakeVideo(buffer, offset + tag.DataOffset, data, time, time + composition, out frame);
            case FlvPacketType.EndOfSequence:
                return FlvDemuxResult.Nothing;
            default:
                return FlvDemuxResult.Malformed;
        }
    }

    private FlvDemuxResult MakeVideo(
        PooledBuffer buffer, int offset, Span<byte> data, long decodeTime, long presentationTime, out MediaFrame frame)
    {
        frame = default;
        PooledBuffer target = buffer;
        int length;
        bool isKeyframe, isDiscardable, isNormal;
        if (_video.LengthSize == 4)
        {
            target.AddReference();
            isNormal = _video.TryNormalize(data, out length, out isKeyframe, out isDiscardable);
        }
        else
        {
            // Shorter lengths grow to four bytes each, for which the buffer has no room: the one case that copies.
            target = pool.Rent(_video.MaxNormalizedLength(data));
            offset = 0;
            isNormal = _video.TryNormalize(data, target.Span, out length, out isKeyframe, out isDiscardable);
        }

        FlvDemuxResult result =
            !isNormal ? FlvDemuxResult.Malformed
            : length == 0 ? FlvDemuxResult.Nothing
            : _video.Format is null ? FlvDemuxResult.NotConfigured
            : FlvDemuxResult.Frame;
        if (result == FlvDemuxResult.Frame)
        {
            frame = new MediaFrame(
                _video.Format!, target, offset, length, decodeTime, presentationTime, isKeyframe, isDiscardable);
        }
        else
        {
            target.Dispose();
        }

        return result;
    }

    private FlvDemuxResult DemuxAudio(
        uint timestamp, long now, PooledBuffer buffer, int offset, int length, out MediaFrame frame)
    {
        frame = default;
        ReadOnlySpan<byte> body = buffer.Array.AsSpan(offset, length);
        if (!FlvAudioTag.TryParse(body, out FlvAudioTag tag)) return FlvDemuxResult.Malformed;
        if (tag.Codec != FlvAudioCodec.Aac)
        {
            UnsupportedAudio = FlvCodecName.Of(tag);
            return FlvDemuxResult.Unsupported;
        }

        UnsupportedAudio = null;
        switch (tag.PacketType)
        {
            case FlvPacketType.SequenceHeader:
                return _audio.TryConfigure(body[tag.DataOffset..]) ? FlvDemuxResult.Nothing : FlvDemuxResult.Malformed;
            case FlvPacketType.Frame when body.Length == tag.DataOffset:
                return FlvDemuxResult.Nothing;
            case FlvPacketType.Frame when _audio.Format is null:
                return FlvDemuxResult.NotConfigured;
            case FlvPacketType.Frame:
                TrackFormat format = _audio.Format;
                long milliseconds = timeline.Extend(MediaKind.Audio, timestamp, now);
                long time = _grid.Place(milliseconds, format.ClockRate, _audio.Configuration.FrameLength);
                buffer.AddReference();
                frame = new MediaFrame(
                    format, buffer, offset + tag.DataOffset, length - tag.DataOffset, time, time, isKeyframe: true);
                return FlvDemuxResult.Frame;
            default:
                return FlvDemuxResult.Malformed;
        }
    }
}
