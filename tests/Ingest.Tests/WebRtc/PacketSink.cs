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

    public void OnPackets(ReadOnlySpan<RtpPacket> packets)
    {
        foreach (ref readonly RtpPacket packet in packets)
        {
            Payloads.Add(packet.Slice.ToArray());
            Numbers.Add(packet.SequenceNumber);
        }
    }

    public void OnClosed(CloseReason reason) => Closed = reason;
}
