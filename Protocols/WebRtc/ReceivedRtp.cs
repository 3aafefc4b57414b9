using Media.Buffers;
using Media.Rtp;

namespace Protocols.WebRtc;

/// <summary>One RTP packet as it came, decrypted, at the start of a pooled buffer of its own. Borrowed.</summary>
/// <param name="Length">Header, extensions, payload and padding.</param>
public readonly record struct ReceivedRtp(PooledBuffer Buffer, int Length, RtpHeader Header)
{
    public ReadOnlySpan<byte> Bytes => Buffer.Array.AsSpan(0, Length);
}
