using Media.Buffers;
using Media.Codecs;

namespace Media.Rtp.Payloads;

/// <summary>VP8 frames from RTP payloads (RFC 7741); a frame ends with the marker.</summary>
public sealed class Vp8Depacketizer(BufferPool? pool = null) : IDepacketizer
{
    private const int ClockRate = 90_000;

    private readonly FrameAssembler _frame = new(pool ?? BufferPool.Shared);
    private PacketContinuity _continuity;
    private TrackFormat? _format;
    private bool _isBegun;
    private bool _isFaulty;
    private bool _isDiscardable;

    public long DroppedFrames { get; private set; }

    public bool TryDepacketize(in RtpPacket packet, out MediaFrame frame)
    {
        frame = default;
        ReadOnlySpan<byte> payload = _frame.Join(packet);
        _continuity.Follow(packet);
        if (_continuity.IsNewFrame)
        {
            if (_isBegun || _isFaulty) DroppedFrames++;
            Reset();
        }

        if (!payload.IsEmpty && !TryAppend(payload)) _isFaulty = true;
        return packet.Marker && TryFinish(packet.Timestamp, out frame);
    }

    public void Dispose() => _frame.Dispose();

    private bool TryAppend(ReadOnlySpan<byte> payload)
    {
        if (!Vp8Descriptor.TryParse(payload, out PayloadInfo info)) return false;
        if (info.StartsFrame)
        {
            if (_isBegun) return false;
            _isBegun = true;
            _isDiscardable = info.IsDiscardable;
        }
        else if (!_isBegun || _continuity.HasGap)
        {
            return false;
        }

        _frame.Append(payload[info.DescriptorLength..]);
        return !_frame.IsOverfull;
    }

    private bool TryFinish(long timestamp, out MediaFrame frame)
    {
        frame = default;
        bool wasEmpty = !_isBegun && !_isFaulty;
        bool ok = _isBegun && !_isFaulty && Vp8Header.TryParse(_frame.Content, out Vp8Header header)
            && TryFollowFormat(header);
        if (ok)
        {
            int length = _frame.Length;
            bool isKeyframe = (_frame.Content[0] & 1) == 0;
            frame = new MediaFrame(_format!, _frame.Take(), 0, length, timestamp, timestamp, isKeyframe, _isDiscardable);
        }
        else if (!wasEmpty)
        {
            DroppedFrames++;
        }

        Reset();
        return ok;
    }

    private bool TryFollowFormat(Vp8Header header)
    {
        if (!header.IsKeyframe) return _format is not null;
        if (_format?.Video is { } video && video.Width == header.Width && video.Height == header.Height) return true;
        _format = new TrackFormat
        {
            Codec = Codec.Vp8,
            ClockRate = ClockRate,
            Version = _format is null ? 0 : _format.Version + 1,
            Video = new VideoProperties(header.Width, header.Height, 0),
        };
        return true;
    }

    private void Reset()
    {
        _frame.Clear();
        _isBegun = _isFaulty = _isDiscardable = false;
    }
}
