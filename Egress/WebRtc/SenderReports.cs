using System.Text;
using Media.Scheduling;
using Protocols.Rtcp;
using Rooms;

namespace Egress.WebRtc;

/// <summary>
/// Ties a viewer's streams to the wall clock: those of a publication all from its one timeline, so that sound and picture
/// agree. Always the mapping of the live source, also while a fast start runs behind it. One for each session.
/// </summary>
internal sealed class SenderReports(MonotonicClock clock, string cname)
{
    private const int CompactUnitsPerSecond = 1 << 16;

    private readonly byte[] _cname = Encoding.UTF8.GetBytes(cname);
    private ExtendedReport? _reference;
    private long _referenceArrived;

    /// <summary>
    /// The viewer told its time and gets it back with the next reports: so it knows the round trip, and with that how
    /// long to wait for what it asked for again.
    /// </summary>
    public void OnReferenceTime(in ExtendedReport reference, long now)
    {
        _reference = reference;
        _referenceArrived = now;
    }

    /// <summary>Writes a compound for one stream; 0 = the source has no time yet.</summary>
    /// <param name="repairTime">
    /// How long repairs take beyond the round trip between us and the viewer. It must count that as part of the round trip,
    /// or it waits too short a time for them and shows pictures in fits and starts.
    /// </param>
    public int Write(Span<byte> destination, OutgoingStream stream, Timeline timeline, long repairTime, long now)
    {
        if (!timeline.IsAnchored || !stream.IsTimeKnown) return 0;
        timeline.Settle();
        long mediaTime = Timeline.FromTicks(timeline.MediaTimeAt(now), stream.Parameters.ClockRate);
        SenderInfo info = stream.SenderInfo(mediaTime, NtpTimeAt(now));
        var writer = new RtcpWriter(destination);
        // RFC 3550 §6.1: every compound has a report first and names its source.
        if (!writer.WriteSenderReport(info) || !writer.WriteSourceDescription(info.Ssrc, _cname)) return 0;
        if (_reference is { } reference)
        {
            long ticks = Math.Max(0, now - _referenceArrived - repairTime);
            uint delay = (uint)(ticks * CompactUnitsPerSecond / MonotonicClock.TicksPerSecond);
            writer.WriteDelaySinceLastReceiverReport(info.Ssrc, reference.SenderSsrc, SenderInfo.ToCompact(reference.NtpTime), delay);
        }

        return writer.Length;
    }

    public ulong NtpTimeAt(long now) => SenderInfo.ToNtpTime(clock.UtcNow.AddTicks(now - clock.Now));
}
