using Media.Rtp;

namespace TestKit.WebRtc;

/// <summary>A decrypted RTP packet as a test peer got it.</summary>
/// <param name="Packet">Header, extensions and payload.</param>
/// <param name="ArrivalTime">Ticks of the clock that the peer was driven with.</param>
public sealed record TestRtpPacket(RtpHeader Header, byte[] Packet, long ArrivalTime)
{
    public uint Ssrc => Header.Ssrc;

    public int PayloadType => Header.PayloadType;

    public ushort SequenceNumber => Header.SequenceNumber;

    public uint Timestamp => Header.Timestamp;

    public bool Marker => Header.Marker;

    public ReadOnlySpan<byte> Payload => Header.TryGetPayload(Packet, out ReadOnlySpan<byte> payload) ? payload : default;
}
