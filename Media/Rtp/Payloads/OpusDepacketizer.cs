using Media.Buffers;
using Media.Codecs;

namespace Media.Rtp.Payloads;

/// <summary>Opus packets from RTP payloads (RFC 7587): each payload is one, in the packet's own buffer.</summary>
public sealed class OpusDepacketizer(BufferPool? pool = null) : IDepacketizer
{
    // RTP always says two channels (RFC 7587 §4.1); each packet says how many it has.
    private static readonly TrackFormat s_format =
        new() { Codec = Codec.Opus, ClockRate = OpusPacket.ClockRate, Channels = 2 };

    private readonly BufferPool _pool = pool ?? BufferPool.Shared;

    public long DroppedFrames { get; private set; }

    public bool TryDepacketize(in RtpPacket packet, out MediaFrame frame)
    {
        frame = default;
        if (packet.PayloadLength == 0) return false;
        MediaFrame found = AudioPayload.ToFrame(packet, s_format, _pool);
        if (OpusPacket.TryParse(found.Data, out _))
        {
            frame = found;
            return true;
        }

        found.Release();
        DroppedFrames++;
        return false;
    }

    public void Dispose()
    {
    }
}
