using Media.Rtp;
using Media.Rtp.Payloads;

namespace Media.Tests.Rtp.Payloads;

internal struct PacketCounter : IPacketOutput
{
    public int Packets { get; private set; }

    public void Write(in RtpPacket packet) => Packets++;
}
