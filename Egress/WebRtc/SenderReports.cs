using System.Text;
using Protocols.Rtcp;
using Rooms;

namespace Egress.WebRtc;

/// <summary>
/// Ties a viewer's streams to the wall clock: all from the publication's one timeline, so that sound and picture agree.
/// Always the mapping of the live source, also while a fast start runs behind it.
/// </summary>
internal sealed class SenderReports(Timeline timeline, string cname)
{
    private readonly byte[] _cname = Encoding.UTF8.GetBytes(cname);

    /// <summary>Writes a compound for one stream; 0 = the source has no time yet.</summary>
    public int Write(Span<byte> destination, OutgoingStream stream, long now)
    {
        if (!timeline.IsAnchored) return 0;
        timeline.Settle();
        long mediaTime = Timeline.FromTicks(timeline.MediaTimeAt(now), stream.Parameters.ClockRate);
        SenderInfo info = stream.SenderInfo(mediaTime, NtpTimeAt(now));
        var writer = new RtcpWriter(destination);
        // RFC 3550 §6.1: every compound has a report first and names its source.
        return writer.WriteSenderReport(info) && writer.WriteSourceDescription(info.Ssrc, _cname) ? writer.Length : 0;
    }

    public ulong NtpTimeAt(long now) => SenderInfo.ToNtpTime(timeline.WallClockAt(now));
}
