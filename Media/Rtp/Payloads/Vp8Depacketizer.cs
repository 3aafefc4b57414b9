using Media.Buffers;
using Media.Codecs;

namespace Media.Rtp.Payloads;

/// <summary>VP8 frames from RTP payloads (RFC 7741).</summary>
public sealed class Vp8Depacketizer(BufferPool? pool = null) : VideoDepacketizer(pool)
{
    private readonly PictureFormat _format = new(Codec.Vp8);
    private bool _hasStart;
    private bool _isDiscardable;

    private protected override void Reset() => _hasStart = _isDiscardable = false;

    private protected override bool BeginsFrame(ReadOnlySpan<byte> payload) =>
        Vp8Descriptor.TryParse(payload, out PayloadInfo info) && info.StartsFrame;

    private protected override bool TryAppend(ReadOnlySpan<byte> payload)
    {
        if (!Vp8Descriptor.TryParse(payload, out PayloadInfo info) || info.StartsFrame == _hasStart) return false;
        if (info.StartsFrame)
        {
            _hasStart = true;
            _isDiscardable = info.IsDiscardable;
        }

        Content.Append(payload[info.DescriptorLength..]);
        return true;
    }

    private protected override FrameEnd Finish(long timestamp, out MediaFrame frame)
    {
        frame = default;
        if (!Vp8Header.TryParse(Content.Content, out Vp8Header header)) return FrameEnd.Broken;
        if (header.IsKeyframe) _format.Update(header.Width, header.Height);
        if (_format.Current is not { } format) return FrameEnd.Broken;
        int length = Content.Length;
        frame = new MediaFrame(format, Content.Take(), 0, length, timestamp, timestamp, header.IsKeyframe, _isDiscardable);
        return FrameEnd.Complete;
    }
}
