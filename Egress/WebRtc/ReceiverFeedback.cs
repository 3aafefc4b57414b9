using Media.Scheduling;
using Protocols.Rtcp;

namespace Egress.WebRtc;

/// <summary>
/// Takes what a viewer reports: retransmission and keyframe requests go to the track they name, loss and round trip
/// become figures. Loop of the viewer's session only.
/// </summary>
internal sealed class ReceiverFeedback(SenderReports reports)
{
    /// <summary>Far more than a receiver asks for in one message.</summary>
    private const int MaxNackedPackets = 2048;
    private const long MaxRoundTrip = 10 * MonotonicClock.TicksPerSecond;
    private const int CompactUnitsPerSecond = 1 << 16;

    private readonly List<ForwardedTrack> _tracks = [];

    /// <summary>Packets that never arrived, as the viewer counts them.</summary>
    public long PacketsLost => _tracks.Sum(track => (long)track.Stream.Lost);

    /// <summary>In ticks of 100 ns; 0 = not measured yet.</summary>
    public long RoundTrip { get; private set; }

    public long KeyframeRequests { get; private set; }

    public void Add(ForwardedTrack track) => _tracks.Add(track);

    public void Remove(ForwardedTrack track) => _tracks.Remove(track);

    public void OnRtcp(in RtcpPacket packet, long now)
    {
        switch (packet.Type)
        {
            case RtcpPacketType.ReceiverReport when ReceiverReport.TryParse(packet, out ReceiverReport report):
                for (int i = 0; i < report.Blocks.Count; i++) OnReport(report.Blocks[i], now);
                break;
            case RtcpPacketType.TransportFeedback when packet.Count == Nack.Format:
                if (Nack.TryParse(packet, out Nack nack)) OnNack(nack, now);
                break;
            case RtcpPacketType.TransportFeedback when TransportFeedback.TryParse(packet, out TransportFeedback feedback):
                OnTransportFeedback(feedback, now);
                break;
            case RtcpPacketType.ExtendedReport when ExtendedReport.TryParse(packet, out ExtendedReport report):
                reports.OnReferenceTime(report, now);
                break;
            case RtcpPacketType.PayloadFeedback:
                OnPayloadFeedback(packet, now);
                break;
        }
    }

    private void OnNack(in Nack nack, long now)
    {
        Span<ushort> lost = stackalloc ushort[MaxNackedPackets];
        int count = nack.CopyTo(lost);
        Find(nack.MediaSsrc)?.OnNack(lost[..count], now);
    }

    private void OnPayloadFeedback(in RtcpPacket packet, long now)
    {
        if (PictureLossIndication.TryParse(packet, out PictureLossIndication loss))
            RequestKeyframe(loss.MediaSsrc, now);
        else if (FullIntraRequest.TryParse(packet, out FullIntraRequest request))
            for (int i = 0; i < request.Count; i++) RequestKeyframe(request[i].MediaSsrc, now);
    }

    private void RequestKeyframe(uint ssrc, long now)
    {
        KeyframeRequests++;
        Find(ssrc)?.OnKeyframeRequest(now);
    }

    private void OnTransportFeedback(in TransportFeedback feedback, long now)
    {
        foreach (PacketArrival arrival in feedback)
        {
            if (arrival.Received) continue;
            foreach (ForwardedTrack track in _tracks) track.OnLoss(now);
            return;
        }
    }

    private void OnReport(in ReportBlock block, long now)
    {
        if (Find(block.Ssrc) is not { } track) return;
        track.Stream.OnLost(block.FractionLost, block.CumulativeLost);
        if (block.FractionLost > 0) track.OnLoss(now);
        if (block.LastSenderReport == 0) return;
        // RFC 3550 §6.4.1, Figure 2
        uint compact = SenderInfo.ToCompact(reports.NtpTimeAt(now));
        int units = (int)(compact - block.LastSenderReport - block.DelaySinceLastSenderReport);
        long roundTrip = units * MonotonicClock.TicksPerSecond / CompactUnitsPerSecond;
        if (roundTrip is < 0 or > MaxRoundTrip) return;
        RoundTrip = roundTrip;
        foreach (ForwardedTrack each in _tracks) each.Stream.OnRoundTrip(roundTrip);
    }

    private ForwardedTrack? Find(uint ssrc)
    {
        foreach (ForwardedTrack track in _tracks)
            if (track.Stream.Parameters.Ssrc == ssrc) return track;
        return null;
    }
}
