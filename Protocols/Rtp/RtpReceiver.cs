using System.Buffers.Binary;
using Media;
using Media.Rtp;
using Media.Rtp.Payloads;
using Protocols.Rtcp;
using Protocols.Sdp;
using Protocols.WebRtc;

namespace Protocols.Rtp;

/// <summary>
/// The receiving side of a publisher's session, sans-IO: finds out which encoding a packet belongs to, puts retransmissions
/// back, swallows padding, and sends reports, NACKs, keyframe requests and transport feedback. Packets are handed on at once;
/// those who need them in order have <see cref="ReorderBuffer"/>. Lives on the session's loop.
/// </summary>
public sealed class RtpReceiver
{
    private const int OriginalNumberLength = 2; // RFC 4588 §4

    private readonly IRtpReceiverListener _listener;
    private readonly IncomingStreams _streams;
    private readonly ReceiverFeedback _feedback;
    private byte[] _transportCcIds = [];
    private long _announcedDeadline = long.MaxValue;

    /// <param name="localSsrc">Ours in reports and feedback.</param>
    /// <param name="cname">Ours in descriptions, which compounds without reduced size need.</param>
    public RtpReceiver(
        IReadOnlyList<ReceivedSection> sections, uint localSsrc, string cname, IRtpReceiverListener listener, ReceiverOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(sections);
        options ??= new ReceiverOptions();
        _listener = listener;
        _streams = new IncomingStreams(sections, options, Counters);
        _feedback = new ReceiverFeedback(new ReceiverIdentity(localSsrc, cname), listener, options);
        Update(sections);
    }

    public ReceiverCounters Counters { get; } = new();

    /// <summary>All that were negotiated, whether they send or not: sections in the offer's order, in each the rids.</summary>
    public IReadOnlyList<IncomingEncoding> Encodings => _streams.Encodings;

    /// <summary>In ticks of 100 ns; 0 = not known.</summary>
    public long RoundTrip => _feedback.RoundTrip.Value;

    public long NextDeadline => _feedback.NextDeadline;

    /// <summary>
    /// Takes a new negotiation of the same session up. Sections that are as they were go on without a break, with the same
    /// encodings; what is no longer in <see cref="Encodings"/> sends no more packets.
    /// </summary>
    public void Update(IReadOnlyList<ReceivedSection> sections)
    {
        ArgumentNullException.ThrowIfNull(sections);
        _streams.Update(sections);
        _feedback.Update(sections, _streams.Encodings);
        _transportCcIds = [.. sections.Select(section => section.Extensions.TransportCc).Where(id => id != 0).Distinct()];
    }

    /// <summary>Takes a packet from the session; it is only borrowed.</summary>
    public void Receive(in ReceivedRtp packet, long now)
    {
        NoteTransportNumber(packet, now);
        if (_streams.Resolve(packet, now) is { } source)
        {
            if (source.IsRtx) ReceiveRtx(source.Encoding, packet, now);
            else ReceiveMedia(source.Encoding, packet, now);
        }

        AnnounceDeadline();
    }

    /// <summary>Takes one packet of a compound from the session.</summary>
    public void OnRtcp(in RtcpPacket packet, long now)
    {
        switch (packet.Type)
        {
            case RtcpPacketType.SenderReport when SenderReport.TryParse(packet, out SenderReport report):
                OnSenderReport(report.Info, now);
                break;
            case RtcpPacketType.ExtendedReport:
                _feedback.OnExtendedReport(packet, now);
                break;
            case RtcpPacketType.Bye when Bye.TryParse(packet, out Bye bye):
                for (int i = 0; i < bye.Count; i++)
                    if (_streams.Find(bye[i]) is { } encoding) _listener.OnBye(encoding, now);
                break;
        }
    }

    /// <summary>Somebody can't go on without a keyframe. Asked as often as it likes, the publisher hears it seldom.</summary>
    public void RequestKeyframe(IncomingEncoding encoding, long now)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        if (encoding.Section.Kind != MediaKind.Video || encoding.Stream is null) return;
        encoding.Keyframes.Request(now);
        AnnounceDeadline();
    }

    /// <summary>Does what is due.</summary>
    public void Advance(long now)
    {
        _announcedDeadline = long.MaxValue;
        _feedback.Advance(now);
        AnnounceDeadline();
    }

    // One row of numbers for the whole transport: a packet counts even where its source is refused.
    private void NoteTransportNumber(in ReceivedRtp packet, long now)
    {
        foreach (byte id in _transportCcIds)
        {
            if (!packet.Header.Extensions(packet.Bytes).TryGet(id, out ReadOnlySpan<byte> data) || data.Length < 2) continue;
            _feedback.Transport.OnPacket(BinaryPrimitives.ReadUInt16BigEndian(data), now);
            return;
        }
    }

    private void ReceiveMedia(IncomingEncoding encoding, in ReceivedRtp packet, long now)
    {
        RtpHeader header = packet.Header;
        ReceiveStream stream = encoding.Stream!;
        ReceivedCodec? codec = encoding.Section.CodecOf(header.PayloadType);
        int clockRate = (codec ?? encoding.Codec)?.ClockRate ?? encoding.Section.Codecs[0].ClockRate;
        bool isFirst = !stream.IsStarted;
        long before = stream.Highest;
        Arrival arrival = stream.OnPacket(header.SequenceNumber, header.Timestamp, clockRate, now, out long extended);
        if (arrival > Arrival.Restarted)
        {
            Counters.UselessPackets++;
            return;
        }

        if (arrival == Arrival.Restarted) encoding.Restart();
        bool isNew = isFirst || arrival == Arrival.Restarted;
        if (isNew)
        {
            _feedback.OnStarted(now);
            _listener.OnStarted(encoding, now);
        }

        if (arrival == Arrival.Late) _feedback.OnLate(encoding, extended, now, isRetransmission: false);
        else if (!isNew) _feedback.OnNewest(encoding, before, extended, now);
        encoding.LastArrival = now;
        encoding.Keyframes.OnPacket(now);
        if (codec is null) Counters.WrongPayloadTypes++;
        bool isUsable = header.TryGetPayload(packet.Bytes, out ReadOnlySpan<byte> payload) && codec is not null;
        HandOn(encoding, packet, codec, isUsable ? payload : default, extended, arrival == Arrival.Late, now);
        if (isNew && encoding.Section.Kind == MediaKind.Video && encoding.NeedsKeyframe) encoding.Keyframes.Request(now);
    }

    // RFC 4588 §4: the payload begins with the original number; all but number, payload type and source is the original's.
    private void ReceiveRtx(IncomingEncoding encoding, in ReceivedRtp packet, long now)
    {
        RtpHeader header = packet.Header;
        ReceivedCodec? codec = encoding.Section.CodecOfRtx(header.PayloadType);
        if (codec is null)
        {
            Counters.WrongPayloadTypes++;
            return;
        }

        if (!header.TryGetPayload(packet.Bytes, out ReadOnlySpan<byte> payload) || payload.Length < OriginalNumberLength)
        {
            Counters.EmptyPackets++; // a probe; its numbers are its own
            return;
        }

        ushort number = BinaryPrimitives.ReadUInt16BigEndian(payload);
        if (encoding.Stream!.OnRetransmission(number, out long extended) != Arrival.Late)
        {
            Counters.UselessPackets++;
            return;
        }

        _feedback.OnLate(encoding, extended, now, isRetransmission: true);
        HandOn(encoding, packet, codec, payload[OriginalNumberLength..], extended, isLate: true, now);
    }

    private void HandOn(
        IncomingEncoding encoding, in ReceivedRtp packet, ReceivedCodec? codec, ReadOnlySpan<byte> payload, long extended, bool isLate, long now)
    {
        if (payload.IsEmpty)
        {
            Counters.EmptyPackets++;
            // The row closes over what is newest. What comes late has its place already, and fills it with nothing.
            if (!isLate) encoding.CloseUp(extended);
            if (!isLate || (codec ?? encoding.Codec) is null) return;
        }

        codec ??= encoding.Codec!;
        if (!encoding.TryNumber(extended, out long number)) return;
        encoding.Codec = codec;
        encoding.Bytes += payload.Length;
        long timestamp = encoding.Timestamp(packet.Header.Timestamp);
        PayloadInspector.TryInspect(codec.Codec, payload, out PayloadInfo info);
        bool beginsKeyframe = info.StartsKeyframe
            && (encoding.Section.Kind == MediaKind.Audio || encoding.BeginsKeyframe(number, timestamp));
        if (beginsKeyframe) encoding.Keyframes.OnKeyframe();
        int padding = packet.Header.HasPadding ? packet.Bytes[^1] : 0;
        var handed = new IncomingPacket
        {
            Packet = new RtpPacket
            {
                Buffer = packet.Buffer,
                Offset = payload.IsEmpty ? packet.Header.Length : packet.Length - padding - payload.Length,
                Length = payload.Length,
                SequenceNumber = number,
                Timestamp = timestamp,
                Marker = packet.Header.Marker,
                StartsKeyframe = beginsKeyframe,
                ArrivalTime = now,
            },
            Codec = codec,
            Payload = info,
            AudioLevel = AudioLevelOf(encoding.Section, packet),
            IsLate = isLate,
        };
        _listener.OnPacket(encoding, handed, now);
    }

    // RFC 6464 §3: |V| level |
    private static AudioLevel? AudioLevelOf(ReceivedSection section, in ReceivedRtp packet)
    {
        byte id = section.Extensions.AudioLevel;
        if (id == 0 || !packet.Header.Extensions(packet.Bytes).TryGet(id, out ReadOnlySpan<byte> data) || data.IsEmpty) return null;
        return new AudioLevel((byte)(data[0] & 0x7f), (data[0] & 0x80) != 0);
    }

    private void OnSenderReport(in SenderInfo info, long now)
    {
        if (_streams.Find(info.Ssrc) is not { } encoding)
        {
            Counters.StrangeRtcp++;
            return;
        }

        encoding.Stream!.OnSenderReport(info, now);
        _listener.OnSenderReport(encoding, info, now);
    }

    private void AnnounceDeadline()
    {
        long deadline = NextDeadline;
        if (deadline >= _announcedDeadline) return;
        _announcedDeadline = deadline;
        _listener.OnDeadlineChanged();
    }
}
