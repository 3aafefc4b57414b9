using System.Diagnostics.Metrics;
using Ingest.Rtp;

namespace Gateway.Rtp;

/// <summary>Counts requests to send plain RTP, and what came to the ports that were opened for them.</summary>
internal sealed class RtpInMetrics
{
    private readonly Counter<long> _requests;
    private readonly Counter<long> _packets;
    private readonly Counter<long> _dropped;

    public RtpInMetrics(Meter meter, RtpIngest ingest)
    {
        _requests = meter.CreateCounter<long>("gateway.rtp.in.requests", "{request}", "Requests to send plain RTP, by outcome.");
        _packets = meter.CreateCounter<long>("gateway.rtp.in.packets", "{packet}", "Packets of senders of plain RTP that have gone.");
        _dropped = meter.CreateCounter<long>("gateway.rtp.in.dropped", "{packet}", "What came to their ports and was not taken, by reason.");
        meter.CreateObservableGauge("gateway.rtp.in.publishers", () => ingest.Publishers.Count(), "{publisher}", "Senders of plain RTP whose ports are open.");
    }

    public void Count(RtpPublishOutcome outcome) => _requests.Add(1, new KeyValuePair<string, object?>("outcome", outcome.ToString()));

    /// <summary>A publisher has gone: what it counted belongs to all from now on.</summary>
    public void Count(RtpPublisher publisher)
    {
        foreach (RtpSectionStatistics section in publisher.Statistics)
        {
            _packets.Add(section.Packets);
            Drop(section.Foreign, "foreign");
            Drop(section.Malformed, "malformed");
            Drop(section.Implausible, "implausible");
            Drop(section.NotAuthentic, "not-authentic");
            Drop(section.Replayed, "replayed");
            Drop(section.WrongPayloadType, "wrong-payload-type");
            Drop(section.OtherSsrc, "other-ssrc");
            Drop(section.TooLong, "too-long");
            Drop(Math.Max(0, section.DroppedByKernel), "kernel");
        }
    }

    private void Drop(long count, string reason)
    {
        if (count > 0) _dropped.Add(count, new KeyValuePair<string, object?>("reason", reason));
    }
}
