using Media.Buffers;

namespace Protocols.Rtmp;

/// <summary>RTMP 1.0 §5.4, §6.2, §7.1: message type ids.</summary>
public enum RtmpMessageType : byte
{
    SetChunkSize = 1,
    Abort = 2,
    Acknowledgement = 3,
    UserControl = 4,
    WindowAcknowledgementSize = 5,
    SetPeerBandwidth = 6,
    Audio = 8,
    Video = 9,
    DataAmf3 = 15,
    SharedObjectAmf3 = 16,
    CommandAmf3 = 17,
    Data = 18,
    SharedObject = 19,
    Command = 20,
    Aggregate = 22,
}

/// <summary>
/// One whole RTMP message. Its payload lies at the start of <see cref="Buffer"/>, which may be longer; whoever got the
/// message from the <see cref="ChunkReader"/> owns that reference.
/// </summary>
public readonly record struct RtmpMessage(
    RtmpMessageType Type, uint Timestamp, uint StreamId, PooledBuffer Buffer, int Length)
{
    public ReadOnlySpan<byte> Payload => Buffer.Array.AsSpan(0, Length);
}
