using Media;
using Media.Rtp;
using Media.Rtp.Payloads;
using Protocols.Rtcp;
using Protocols.Rtp;
using Protocols.Sdp;
using Protocols.Tests.WebRtc;
using Protocols.WebRtc;

namespace Protocols.Tests.Rtp;

/// <summary>Takes what one publisher sends, down to whole frames.</summary>
internal sealed class PublisherEnd : IRtpReceiverListener
{
    private readonly Dictionary<IncomingEncoding, EncodingFrames> _frames = [];

    /// <summary>Frames by encoding; under the server's lock.</summary>
    public IEnumerable<EncodingFrames> Frames => _frames.Values;

    public RtpReceiver? Receiver { get; private set; }

    public SmallWhepServer? Server { get; private set; }

    public SessionDescription? Offer { get; private set; }

    public int SenderReports { get; private set; }

    public int AudioLevels { get; private set; }

    public (SessionDescription Answer, Fingerprint Peer) Negotiate(SessionDescription offer, LocalPeer local)
    {
        Offer = offer;
        Assert.True(OfferAnswer.TryAnswerPublisher(
            offer, ReceivableMedia.Default, local, out PublisherNegotiation? negotiation, out NegotiationFailure? failure), failure?.Detail);
        Receiver = new RtpReceiver(negotiation!.Sections, 77, "us", this);
        return (negotiation!.Answer, negotiation.RemoteFingerprint);
    }

    public void Attach(SmallWhepServer server)
    {
        Server = server;
        server.RtpReceived = (in ReceivedRtp packet, long now) => Receiver!.Receive(packet, now);
        server.RtcpReceived = (in RtcpPacket packet, long now) => Receiver!.OnRtcp(packet, now);
        server.Advancing = now =>
        {
            if (Receiver!.NextDeadline <= now) Receiver.Advance(now);
        };
    }

    public void OnStarted(IncomingEncoding encoding, long now) => _frames.TryAdd(encoding, new EncodingFrames(encoding));

    public void OnPacket(IncomingEncoding encoding, in IncomingPacket packet, long now)
    {
        if (packet.AudioLevel is not null) AudioLevels++;
        _frames[encoding].Add(packet, now);
    }

    public void OnSenderReport(IncomingEncoding encoding, in SenderInfo info, long now) => SenderReports++;

    public void OnBye(IncomingEncoding encoding, long now)
    {
    }

    public void SendRtcp(ReadOnlySpan<byte> compound) => Server!.SendRtcp(compound);

    public void OnDeadlineChanged()
    {
    }
}

/// <summary>Puts the packets of one encoding in order and together.</summary>
internal sealed class EncodingFrames(IncomingEncoding encoding)
{
    private readonly ReorderBuffer _reorder = new();
    private IDepacketizer? _depacketizer;

    public IncomingEncoding Encoding { get; } = encoding;

    public int Count { get; private set; }

    public int Keyframes { get; private set; }

    public int KeyframeStarts { get; private set; }

    public int MaxTemporalId { get; private set; }

    public TrackFormat? Format { get; private set; }

    public void Add(in IncomingPacket packet, long now)
    {
        if (packet.Packet.StartsKeyframe) KeyframeStarts++;
        MaxTemporalId = Math.Max(MaxTemporalId, packet.Payload.TemporalId);
        _depacketizer ??= Depacketizers.Create(packet.Codec.Codec);
        _reorder.Add(packet.Packet);
        while (_reorder.TryTake(now, out RtpPacket next))
        {
            if (_depacketizer!.TryDepacketize(next, out MediaFrame frame))
            {
                Count++;
                if (frame.IsKeyframe) Keyframes++;
                Format = frame.Format;
                frame.Release();
            }

            next.Release();
        }
    }

    public override string ToString() =>
        $"{Encoding.Section.Mid}{Encoding.Rid} {Format?.Codec} {Format?.Video?.Width}x{Format?.Video?.Height}: {Count} frames, {Keyframes} keyframes, "
        + $"{_depacketizer?.DroppedFrames} dropped, {Encoding.Stream?.PacketsLost} packets lost, {Encoding.Stream?.PacketsRecovered} recovered, "
        + $"temporal layers {MaxTemporalId + 1}, {Encoding.KeyframesRequested} keyframes and {Encoding.PacketsRequested} packets asked for";
}
