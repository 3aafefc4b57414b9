using Protocols.Rtcp;

namespace Protocols.Rtp;

/// <summary>Told by a <see cref="RtpReceiver"/>, on its loop and from within its calls.</summary>
public interface IRtpReceiverListener
{
    /// <summary>
    /// The next packet is the first of its source: of this encoding at all, or its numbers and timestamps have nothing to do
    /// with those before.
    /// </summary>
    void OnStarted(IncomingEncoding encoding, long now);

    /// <summary>A packet, at once and in the order of arrival; each number comes once.</summary>
    void OnPacket(IncomingEncoding encoding, in IncomingPacket packet, long now);

    /// <summary>Which wall clock belongs to which timestamp, as the sender says it.</summary>
    void OnSenderReport(IncomingEncoding encoding, in SenderInfo info, long now);

    /// <summary>The source says goodbye (RFC 3550 §6.6).</summary>
    void OnBye(IncomingEncoding encoding, long now);

    /// <summary>A compound to send to the publisher; borrowed.</summary>
    void SendRtcp(ReadOnlySpan<byte> compound);

    /// <summary><see cref="RtpReceiver.NextDeadline"/> is sooner than it was.</summary>
    void OnDeadlineChanged();
}
