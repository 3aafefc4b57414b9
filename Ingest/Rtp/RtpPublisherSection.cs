using System.Security.Cryptography;
using Ingest.WebRtc;
using Media.Rtp;
using Protocols.Net;
using Protocols.Rtcp;
using Protocols.Rtp;
using Protocols.Sdp;
using Protocols.WebRtc;
using Rooms.Publishing;

namespace Ingest.Rtp;

/// <summary>One medium of a <see cref="RtpPublisher"/>: its ports, who sends to them, and where its packets go.</summary>
#pragma warning disable CA1001 // Close ends what it owns, and is sure to come
internal sealed class RtpPublisherSection : IPlainRtpListener, IRtpReceiverListener
#pragma warning restore CA1001
{
    private const int CnameBytes = 12;

    private readonly RtpPublisher _publisher;
    private readonly PlainRtpTransport _transport;
    private readonly RtpReceiver _receiver;
    private readonly PacketFitter _fitter;
    private readonly long _silenceTimeout;
    private PortPair? _ports; // stays after the end, for its numbers
    private PublishedEncoding? _published;
    private long? _kernelDrops; // at the end

    public RtpPublisherSection(RtpPublisher publisher, PlainRtpSection section, RtpPublisherOptions options)
    {
        _publisher = publisher;
        Section = section;
        _silenceTimeout = options.SilenceTimeout;
        _transport = new PlainRtpTransport(section, this);
        _fitter = new PacketFitter(section.ParameterSets);
        uint ssrc = (uint)RandomNumberGenerator.GetInt32(int.MaxValue);
        _receiver = new RtpReceiver([section.Received], ssrc, RandomNumberGenerator.GetHexString(CnameBytes, lowercase: true), this, options.Receiver);
    }

    public PlainRtpSection Section { get; }

    public int Port => _ports!.Port;

    public IncomingEncoding Incoming => _receiver.Encodings[0];

    public bool IsLocked => _transport.IsLocked;

    public long NextDeadline => Math.Min(_receiver.NextDeadline, IsLocked ? _transport.LastArrival + _silenceTimeout : long.MaxValue);

    public RtpSectionStatistics Statistics()
    {
        PlainRtpCounters counted = _transport.Counters;
        ReceiverCounters received = _receiver.Counters;
        return new RtpSectionStatistics(
            Section.Kind, Port, IsLocked ? _transport.Source.ToString() : null, Section.Key is not null, counted.Packets, Incoming.Stream?.PacketsLost ?? 0,
            counted.Foreign, counted.Malformed, counted.Implausible, counted.NotAuthentic, counted.Replayed,
            received.WrongPayloadTypes + received.UnassignedPackets, received.SurplusPackets + received.RetiredPackets,
            _ports!.Even.Statistics.DatagramsTruncated, _kernelDrops ?? _ports.Even.KernelDrops);
    }

    /// <summary>Opens the ports; nothing is heard yet. False: none is free.</summary>
    public bool TryOpen(PortPairs pairs)
    {
        _ports = pairs.TryOpen(_transport.Rtp, _transport.Rtcp);
        if (_ports is null) return false;
        _transport.Attach(_ports.Even, _ports.Odd, _ports.Port);
        return true;
    }

    public void Listen(NetworkWaiter waiter)
    {
        waiter.Add(_ports!.Even);
        waiter.Add(_ports.Odd);
    }

    /// <summary>Packets go to that publication from now on.</summary>
    public void Feed(PublicationWriter writer) =>
        _published = new PublishedEncoding(Incoming, writer, encoding => _receiver.RequestKeyframe(encoding, _publisher.Now), isAnyEncoder: true);

    /// <summary>Nothing of it comes any more, or comes from another source.</summary>
    public void Renew() => _published?.Renew();

    public void Receive(in ReceivedRtp packet, long now) => _receiver.Receive(packet, now);

    public void Advance(long now)
    {
        if (IsLocked && now - _transport.LastArrival >= _silenceTimeout) Release();
        _receiver.Advance(now);
    }

    /// <param name="waiter">Null where it does not listen yet.</param>
    public void Close(NetworkWaiter? waiter)
    {
        Renew();
        if (_ports is { } ports)
        {
            _kernelDrops = ports.Even.KernelDrops;
            waiter?.Remove(ports.Even);
            waiter?.Remove(ports.Odd);
            ports.Dispose();
        }

        _transport.Dispose();
        _fitter.Dispose();
    }

    void IPlainRtpListener.OnSourceLocked(TransportAddress source, long now) => _publisher.OnSourceLocked(this, source);

    void IPlainRtpListener.OnRtp(in ReceivedRtp packet, long now) => _publisher.OnRtp(this, packet, now);

    void IPlainRtpListener.OnRtcp(in RtcpPacket packet, long now) => _receiver.OnRtcp(packet, now);

    void IRtpReceiverListener.OnStarted(IncomingEncoding encoding, long now)
    {
        _fitter.Restart();
        Renew();
    }

    // A refused write means that the place was taken away, of which the registry tells.
    void IRtpReceiverListener.OnPacket(IncomingEncoding encoding, in IncomingPacket packet, long now)
    {
        if (_published is not { } published) return;
        foreach (ref readonly RtpPacket fitted in _fitter.Fit(packet.Packet, packet.Codec.Codec)) published.Write(fitted, packet.Codec);
    }

    void IRtpReceiverListener.OnSenderReport(IncomingEncoding encoding, in SenderInfo info, long now) => _published?.OnSenderReport(info);

    void IRtpReceiverListener.OnBye(IncomingEncoding encoding, long now)
    {
        Release();
        _publisher.OnBye();
    }

    void IRtpReceiverListener.SendRtcp(ReadOnlySpan<byte> compound) => _transport.SendRtcp(compound);

    void IRtpReceiverListener.OnDeadlineChanged() => _publisher.Arm();

    private void Release()
    {
        _transport.Release();
        Renew();
    }
}
