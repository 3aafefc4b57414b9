using System.Text;
using Media;
using Media.Scheduling;
using Protocols.Rtcp;
using Protocols.Sdp;
using Protocols.WebRtc;

namespace Protocols.Rtp;

/// <summary>Who we are in RTCP.</summary>
internal sealed record ReceiverIdentity(uint Ssrc, string Cname);

/// <summary>Everything that a publisher is told: reports, missing packets, keyframe requests, arrival times.</summary>
internal sealed class ReceiverFeedback
{
    private const long FirstReport = 200 * MonotonicClock.TicksPerMillisecond;
    private const long ActiveFor = 5 * MonotonicClock.TicksPerSecond;
    private const int MaxReportBlocks = 31; // RFC 3550 §6.4.1, a five-bit count
    private const int MaxNacked = 256;      // fit one compound in the worst case
    private const int LongOutage = 50;

    private IncomingEncoding[] _encodings = [];
    private readonly ReceiverIdentity _identity;
    private readonly IRtpReceiverListener _listener;
    private readonly ReceiverOptions _options;
    private readonly byte[] _cname;
    private readonly byte[] _buffer = new byte[WebRtcSession.MaxRtcpLength];
    private bool _isReducedSize;
    private LossBasedBitrate? _bitrate;
    private int _preamble;
    private long _nextReport = long.MaxValue;
    private long _reportedAt;
    private long _reportedBytes;

    public ReceiverFeedback(ReceiverIdentity identity, IRtpReceiverListener listener, ReceiverOptions options)
    {
        _identity = identity;
        _listener = listener;
        _options = options;
        _cname = Encoding.UTF8.GetBytes(identity.Cname);
    }

    public RoundTripTime RoundTrip { get; } = new();

    public TransportFeedbackRecorder Transport { get; } = new();

    public long NextDeadline
    {
        get
        {
            long next = Math.Min(_nextReport, Transport.NextDeadline);
            foreach (IncomingEncoding encoding in _encodings)
                next = Math.Min(next, Math.Min(encoding.Nacks.NextDeadline, encoding.Keyframes.NextDeadline));
            return next;
        }
    }

    /// <summary>What was negotiated, at first or anew.</summary>
    public void Update(IReadOnlyList<ReceivedSection> sections, IncomingEncoding[] encodings)
    {
        _encodings = encodings;
        _isReducedSize = sections.All(section => section.ReducedSizeRtcp);
        bool isTransportWide = sections.Any(section => section.Codecs.Any(codec => codec.TransportCc));
        bool takesRemb = sections.Any(section => section.Codecs.Any(codec => codec.Remb));
        _bitrate = takesRemb && !isTransportWide ? _bitrate ?? new LossBasedBitrate(_options.MaxBitrate) : null;
    }

    /// <summary>A stream has begun, so there is something to report.</summary>
    public void OnStarted(long now)
    {
        if (_nextReport != long.MaxValue) return;
        _nextReport = now + FirstReport;
        _reportedAt = now;
    }

    /// <summary>A packet with the highest number so far; those between <paramref name="before"/> and it are missing.</summary>
    public void OnNewest(IncomingEncoding encoding, long before, long extended, long now)
    {
        long missing = extended - before - 1;
        if (missing == 0) return;
        // After a long silence a large hole is an outage: what is missing is of no use any more.
        bool isOutage = missing > LongOutage && now - encoding.LastArrival > _options.Nack.MaxAge;
        if (isOutage || !MayAsk(encoding)) encoding.Nacks.GiveUp(missing);
        else if (encoding.Nacks.OnGap(before + 1, extended, now)) return;
        OnLost(encoding, extended - 1, now);
    }

    /// <summary>A packet that was missing.</summary>
    public void OnLate(IncomingEncoding encoding, long extended, long now, bool isRetransmission)
    {
        encoding.Nacks.OnArrival(extended, now, out long roundTrip);
        if (isRetransmission && roundTrip >= 0) RoundTrip.OnRetransmission(roundTrip, now);
    }

    public void OnExtendedReport(in RtcpPacket packet, long now)
    {
        if (DelaySinceLastReceiverReport.TryParse(packet, _identity.Ssrc, out DelaySinceLastReceiverReport answer))
            RoundTrip.OnAnswer(answer.LastReport, answer.Delay, now);
    }

    public void Advance(long now)
    {
        RtcpWriter writer = NewCompound();
        foreach (IncomingEncoding encoding in _encodings)
        {
            if (encoding.Nacks.NextDeadline <= now) WriteNacks(ref writer, encoding, now);
            if (encoding.Keyframes.TryTake(now)) WriteKeyframeRequest(ref writer, encoding);
        }

        if (Transport.NextDeadline <= now) WriteTransportFeedback(ref writer);
        if (_nextReport <= now) WriteReports(ref writer, now);
        Flush(ref writer);
    }

    private static bool MayAsk(IncomingEncoding encoding) => encoding.Codec?.Nack ?? encoding.Section.Codecs[0].Nack;

    private static void OnLost(IncomingEncoding encoding, long newest, long now)
    {
        if (encoding.Section.Kind == MediaKind.Video && !encoding.IsBehindKeyframe(newest)) encoding.Keyframes.Request(now);
    }

    private RtcpWriter NewCompound()
    {
        var writer = new RtcpWriter(_buffer);
        if (!_isReducedSize)
        {
            // RFC 3550 §6.1: a report and a description come first, unless RFC 5506 was agreed on.
            writer.WriteReceiverReport(_identity.Ssrc);
            writer.WriteSourceDescription(_identity.Ssrc, _cname);
        }

        _preamble = writer.Length;
        return writer;
    }

    private void Flush(ref RtcpWriter writer)
    {
        if (writer.Length > _preamble) _listener.SendRtcp(writer.Written);
        writer = NewCompound();
    }

    private void WriteNacks(ref RtcpWriter writer, IncomingEncoding encoding, long now)
    {
        Span<ushort> due = stackalloc ushort[MaxNacked];
        int count = encoding.Nacks.Collect(now, RoundTrip.Value, due, out long givenUp);
        if (givenUp >= 0) OnLost(encoding, givenUp, now);
        if (writer.WriteNack(_identity.Ssrc, encoding.Stream!.Ssrc, due[..count])) return;
        Flush(ref writer);
        writer.WriteNack(_identity.Ssrc, encoding.Stream.Ssrc, due[..count]);
    }

    private void WriteKeyframeRequest(ref RtcpWriter writer, IncomingEncoding encoding)
    {
        if (TryWriteKeyframeRequest(ref writer, encoding)) return;
        Flush(ref writer);
        TryWriteKeyframeRequest(ref writer, encoding);
    }

    private bool TryWriteKeyframeRequest(ref RtcpWriter writer, IncomingEncoding encoding)
    {
        if ((encoding.Codec ?? encoding.Section.Codecs[0]) is { Fir: true, Pli: false })
            return writer.WriteFullIntraRequest(_identity.Ssrc, encoding.Stream!.Ssrc, (byte)encoding.KeyframesRequested);
        return writer.WritePictureLossIndication(_identity.Ssrc, encoding.Stream!.Ssrc);
    }

    private void WriteTransportFeedback(ref RtcpWriter writer)
    {
        Flush(ref writer);
        uint media = 0;
        foreach (IncomingEncoding encoding in _encodings)
            if (media == 0 && encoding.Stream is { } stream) media = stream.Ssrc;
        while (Transport.TryWrite(ref writer, _identity.Ssrc, media)) Flush(ref writer);
    }

    private void WriteReports(ref RtcpWriter writer, long now)
    {
        Flush(ref writer);
        _nextReport = now + _options.ReportInterval;
        Span<ReportBlock> blocks = stackalloc ReportBlock[MaxReportBlocks];
        int count = 0, lost = 0;
        foreach (IncomingEncoding encoding in _encodings)
        {
            if (count == blocks.Length || encoding.Stream is not { IsStarted: true } stream || now - encoding.LastArrival > ActiveFor) continue;
            blocks[count] = stream.Report(now);
            lost = Math.Max(lost, blocks[count++].FractionLost);
        }

        writer.WriteReceiverReport(_identity.Ssrc, blocks[..count]);
        writer.WriteReceiverReferenceTime(_identity.Ssrc, RoundTripTime.ReferenceTime(now));
        if (_bitrate is not null) WriteRemb(ref writer, _bitrate, lost / 256.0, blocks[..count], now);
        Flush(ref writer);
    }

    private void WriteRemb(ref RtcpWriter writer, LossBasedBitrate bitrate, double lost, scoped ReadOnlySpan<ReportBlock> blocks, long now)
    {
        long bytes = 0;
        foreach (IncomingEncoding encoding in _encodings) bytes += encoding.Bytes;
        long elapsed = Math.Max(1, now - _reportedAt);
        bitrate.Update(lost, (bytes - _reportedBytes) * 8 * MonotonicClock.TicksPerSecond / elapsed);
        _reportedAt = now;
        _reportedBytes = bytes;
        Span<uint> sources = stackalloc uint[MaxReportBlocks];
        for (int i = 0; i < blocks.Length; i++) sources[i] = blocks[i].Ssrc;
        writer.WriteRemb(_identity.Ssrc, bitrate.BitsPerSecond, sources[..blocks.Length]);
    }
}
