using Media.Buffers;

namespace Media.Rtp.Payloads;

/// <summary>PCMU and PCMA from RTP payloads (RFC 3551 §4.5.14): each byte is a sample, of one channel in WebRTC (RFC 7874 §3).</summary>
public sealed class G711Depacketizer : IDepacketizer
{
    private const int ClockRate = 8000;

    private readonly BufferPool _pool;
    private readonly TrackFormat _format;

    /// <param name="codec">PCMU or PCMA.</param>
    public G711Depacketizer(Codec codec, BufferPool? pool = null)
    {
        if (codec is not (Codec.Pcmu or Codec.Pcma)) throw new ArgumentOutOfRangeException(nameof(codec), codec, null);
        _pool = pool ?? BufferPool.Shared;
        _format = new TrackFormat { Codec = codec, ClockRate = ClockRate, Channels = 1 };
    }

    /// <summary>Any byte is a sample: nothing can be broken.</summary>
    public long DroppedFrames => 0;

    public bool TryDepacketize(in RtpPacket packet, out MediaFrame frame)
    {
        frame = packet.PayloadLength > 0 ? AudioPayload.ToFrame(packet, _format, _pool) : default;
        return packet.PayloadLength > 0;
    }

    public void Dispose()
    {
    }
}
