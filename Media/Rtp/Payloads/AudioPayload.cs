using Media.Buffers;

namespace Media.Rtp.Payloads;

/// <summary>Payloads that are one frame of sound as they are.</summary>
internal static class AudioPayload
{
    /// <summary>The frame in the packet's own buffer, with a reference; copied only where a prefix stands before it.</summary>
    public static MediaFrame ToFrame(in RtpPacket packet, TrackFormat format, BufferPool pool)
    {
        PooledBuffer buffer;
        int offset = packet.Offset;
        if (packet.PrefixLength == 0)
        {
            buffer = packet.Buffer.AddReference();
        }
        else
        {
            buffer = pool.Rent(packet.PayloadLength);
            packet.CopyPayload(buffer.Span);
            offset = 0;
        }

        return new MediaFrame(format, buffer, offset, packet.PayloadLength, packet.Timestamp, packet.Timestamp, isKeyframe: true);
    }
}
