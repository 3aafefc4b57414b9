using System.Diagnostics.Metrics;
using Media;
using Media.Flv;
using Protocols.Rtmp;

namespace Ingest.Rtmp;

/// <summary>The counters of the RTMP entrance. Any thread.</summary>
public sealed class RtmpMetrics
{
    private readonly Counter<long> _opened;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _skipped;
    private readonly Counter<long> _jumps;
    private readonly Counter<long> _bytes;

    public RtmpMetrics(Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        _opened = meter.CreateCounter<long>("gateway.rtmp.sessions.opened", "{session}", "RTMP connections.");
        _closed = meter.CreateCounter<long>("gateway.rtmp.sessions.closed", "{session}", "Ended RTMP connections, by reason.");
        _dropped = meter.CreateCounter<long>(
            "gateway.rtmp.tags.dropped", "{tag}", "Audio and video messages that gave no frame, by medium and reason.");
        _skipped = meter.CreateCounter<long>(
            "gateway.rtmp.messages.skipped", "{message}", "Malformed and unknown messages that were passed over.");
        _jumps = meter.CreateCounter<long>("gateway.rtmp.timestamps.jumped", "{jump}", "Restarts and jumps of encoders' clocks.");
        _bytes = meter.CreateCounter<long>("gateway.rtmp.received", "By", "Bytes received over RTMP.");
    }

    public void SessionOpened() => _opened.Add(1);

    /// <summary>Counts an ended session and what it received and passed over in its life.</summary>
    public void SessionClosed(RtmpSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        _closed.Add(1, new KeyValuePair<string, object?>("reason", session.CloseReason.ToString()));
        _skipped.Add(session.MessagesSkipped);
        _bytes.Add((long)session.BytesReceived);
    }

    internal void TagDropped(MediaKind kind, FlvDemuxResult reason) => _dropped.Add(
        1, new("medium", kind == MediaKind.Video ? "video" : "audio"), new KeyValuePair<string, object?>("reason", ReasonOf(reason)));

    internal void Jumped(int count) => _jumps.Add(count);

    private static string ReasonOf(FlvDemuxResult result) => result switch
    {
        FlvDemuxResult.Unsupported => "unsupported",
        FlvDemuxResult.NotConfigured => "not-configured",
        _ => "malformed",
    };
}
