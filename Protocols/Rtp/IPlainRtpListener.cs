using Protocols.Net;
using Protocols.Rtcp;
using Protocols.WebRtc;

namespace Protocols.Rtp;

/// <summary>Told by a <see cref="PlainRtpTransport"/>, on its loop and from within its calls.</summary>
public interface IPlainRtpListener
{
    /// <summary>From now on packets are taken from that address only.</summary>
    void OnSourceLocked(TransportAddress source, long now);

    /// <summary>A packet of the source, deciphered where it was protected; borrowed.</summary>
    void OnRtp(in ReceivedRtp packet, long now);

    /// <summary>One packet of a compound of the source.</summary>
    void OnRtcp(in RtcpPacket packet, long now);
}
