using Media.Rtp;
using Rooms;
using Rooms.Tracks;

namespace Ingest.Tests.WebRtc;

/// <summary>Remembers what a track gave it.</summary>
internal sealed class PacketSink : IPacketSink
{
    public List<byte[]> Payloads { get; } = [];

    public List<long> Numbers { get; } = [];

    public CloseReason? Closed { get; private set; }

    public void OnPacket(in RtpPacket packet)
    {
        Payloads.Add(packet.Slice.ToArray());
        Numbers.Add(packet.SequenceNumber);
    }

    public void OnClosed(CloseReason reason) => Closed = reason;
}
