using System.Buffers.Binary;
using Media.Buffers;
using Media.Rtp;
using Media.Rtp.Payloads;
using Protocols.Net;
using Protocols.Rtcp;
using Protocols.Sdp;
using Protocols.Srtp;
using Protocols.WebRtc;

namespace Protocols.Rtp;

/// <summary>
/// How the packets of one section of a plain RTP sender come in and our RTCP goes out, sans-IO: RTP or SRTP on an even
/// port, RTCP on the next one or on the same (RFC 3550 §11, RFC 5761). The sender's address is learned from its first good
/// packet and then locked: what others send is counted and dropped, until <see cref="Release"/>. One loop.
/// </summary>
public sealed class PlainRtpTransport : IDisposable
{
    private const int MaxDatagramLength = UdpEndpoint.MaxDatagram;
    private const int SenderSsrcEnd = 8; // RFC 3550 §6.4

    private readonly PlainRtpSection _section;
    private readonly IPlainRtpListener _listener;
    private readonly BufferPool _pool;
    private readonly SrtpContext? _receiver;
    private readonly SrtpContext? _sender;
    private readonly byte[] _incoming = new byte[MaxDatagramLength];
    private IDatagramSender? _rtpSender;
    private IDatagramSender? _rtcpSender;
    private int _port;
    private Route _source;
    private uint _ssrc;
    private Route _rtcpRoute;
    private bool _hasRtcpRoute;
    private bool _isRtcpMuxed;
    private bool _isClosed;

    public PlainRtpTransport(PlainRtpSection section, IPlainRtpListener listener, BufferPool? pool = null)
    {
        ArgumentNullException.ThrowIfNull(section);
        _section = section;
        _listener = listener;
        _pool = pool ?? BufferPool.Shared;
        _receiver = section.Key?.CreateContext();
        _sender = section.OwnKey?.CreateContext();
        Rtp = new Port(this, isRtcp: false);
        Rtcp = new Port(this, isRtcp: true);
    }

    /// <summary>Takes what comes to the media port.</summary>
    public IDatagramReceiver Rtp { get; }

    /// <summary>Takes what comes to the port above it.</summary>
    public IDatagramReceiver Rtcp { get; }

    public PlainRtpCounters Counters { get; } = new();

    public bool IsLocked { get; private set; }

    /// <summary>Only while locked.</summary>
    public TransportAddress Source => _source.Remote;

    /// <summary>Monotonic time of the source's latest packet.</summary>
    public long LastArrival { get; private set; } = long.MinValue / 2;

    /// <summary>Where our RTCP leaves from.</summary>
    public void Attach(IDatagramSender rtp, IDatagramSender rtcp, int port) => (_rtpSender, _rtcpSender, _port) = (rtp, rtcp, port);

    /// <summary>The next good packet may come from anywhere.</summary>
    public void Release()
    {
        IsLocked = false;
        _hasRtcpRoute = false;
    }

    /// <summary>Sends a compound to the source; nowhere while nobody is known.</summary>
    public void SendRtcp(ReadOnlySpan<byte> compound)
    {
        if (_isClosed || !IsLocked || _rtpSender is null || compound.Length > WebRtcSession.MaxRtcpLength) return;
        Route route = RtcpRoute(out IDatagramSender sender);
        Span<byte> room = sender.Reserve(route, compound.Length + (_sender?.RtcpOverhead ?? 0));
        if (room.IsEmpty) return;
        int written = compound.Length;
        if (_sender is null) compound.CopyTo(room);
        else if (_sender.ProtectRtcp(compound, room, out written) != SrtpResult.Ok) written = 0;
        sender.Commit(written);
    }

    public void Dispose()
    {
        if (_isClosed) return;
        _isClosed = true;
        _receiver?.Dispose();
        _sender?.Dispose();
    }

    // Learned from the source's own RTCP; before that as its description says (RFC 3605), else by convention.
    private Route RtcpRoute(out IDatagramSender sender)
    {
        bool isMuxed = _hasRtcpRoute ? _isRtcpMuxed : _section.RtcpMux;
        sender = isMuxed ? _rtpSender! : _rtcpSender!;
        if (_hasRtcpRoute) return _rtcpRoute;
        if (isMuxed) return _source;
        TransportAddress remote = _section.Rtcp switch
        {
            { Address: { } address, Port: var port } => TransportAddress.From(address, port),
            { Port: var port } => _source.Remote.WithPort(port),
            null => _source.Remote.WithPort(_source.Remote.Port + 1),
        };
        return new Route(_source.Local.WithPort(_port + 1), remote);
    }

    private void Receive(ReadOnlySpan<byte> datagram, in Route route, bool isRtcpPort, long now)
    {
        if (_isClosed) return;
        DatagramKind kind = DatagramKinds.Of(datagram);
        if (kind == DatagramKind.Rtcp) ReceiveRtcp(datagram, route, isMuxed: !isRtcpPort, now);
        else if (kind == DatagramKind.Rtp && !isRtcpPort) ReceiveRtp(datagram, route, now);
        else Counters.Malformed++;
    }

    private void ReceiveRtp(ReadOnlySpan<byte> datagram, in Route route, long now)
    {
        bool isSource = IsLocked && route.Remote == _source.Remote;
        // Without a key the address is all that the source is known by.
        if (IsLocked && !isSource && _receiver is null)
        {
            Counters.Foreign++;
            return;
        }

        if (!RtpHeader.TryParse(datagram, out RtpHeader header))
        {
            Counters.Malformed++;
            return;
        }

        ReceivedCodec? codec = _section.Received.CodecOf(header.PayloadType);
        if (!isSource && codec is null)
        {
            Counters.Implausible++;
            return;
        }

        using PooledBuffer buffer = _pool.Rent(MaxDatagramLength);
        if (!TryDecipher(datagram, buffer, isSource, out int length)) return;
        var packet = new ReceivedRtp(buffer, length, header);
        if (!isSource && !TryLock(packet, codec!, route, now)) return;
        Counters.Packets++;
        LastArrival = now;
        _ssrc = header.Ssrc;
        _listener.OnRtp(packet, now);
    }

    private bool TryDecipher(ReadOnlySpan<byte> datagram, PooledBuffer buffer, bool isSource, out int length)
    {
        length = datagram.Length;
        if (_receiver is null)
        {
            datagram.CopyTo(buffer.Span);
            return true;
        }

        SrtpResult result = _receiver.Unprotect(datagram, buffer.Span, out length);
        if (result != SrtpResult.Ok) CountRefused(result, isSource);
        return result == SrtpResult.Ok;
    }

    private void CountRefused(SrtpResult result, bool isSource)
    {
        if (IsLocked && !isSource) Counters.Foreign++;
        else if (result == SrtpResult.Replayed) Counters.Replayed++;
        else if (result == SrtpResult.Malformed) Counters.Malformed++;
        else Counters.NotAuthentic++;
    }

    // Protected packets prove themselves, so that their sender may move; others must look like what was announced.
    private bool TryLock(in ReceivedRtp packet, ReceivedCodec codec, in Route route, long now)
    {
        bool isPlausible = packet.Header.TryGetPayload(packet.Bytes, out ReadOnlySpan<byte> payload)
            && PayloadInspector.TryInspect(codec.Codec, payload, out _);
        if (!isPlausible)
        {
            Counters.Implausible++;
            return false;
        }

        IsLocked = true;
        _hasRtcpRoute = false;
        _source = route;
        _listener.OnSourceLocked(route.Remote, now);
        return true;
    }

    private void ReceiveRtcp(ReadOnlySpan<byte> datagram, in Route route, bool isMuxed, long now)
    {
        bool isSource = IsLocked && (isMuxed ? route.Remote == _source.Remote : route.Remote.IsSameHost(_source.Remote))
            && (!_hasRtcpRoute || _rtcpRoute.Remote == route.Remote);
        if (!isSource)
        {
            Counters.Foreign++;
            return;
        }

        int length = datagram.Length;
        if (_receiver is not null)
        {
            SrtpResult result = _receiver.UnprotectRtcp(datagram, _incoming, out length);
            if (result != SrtpResult.Ok)
            {
                CountRefused(result, isSource: true);
                return;
            }

            datagram = _incoming.AsSpan(0, length);
        }

        // Others on the same host send RTCP, too: the first that is believed speaks of the source.
        if (!_hasRtcpRoute && !isMuxed && (length < SenderSsrcEnd || BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) != _ssrc))
        {
            Counters.Foreign++;
            return;
        }

        var reader = new RtcpReader(datagram);
        bool any = false;
        while (!_isClosed && reader.TryRead(out RtcpPacket packet))
        {
            any |= packet.Type is RtcpPacketType.SenderReport or RtcpPacketType.ReceiverReport or RtcpPacketType.SourceDescription;
            _listener.OnRtcp(packet, now);
        }

        if (reader.IsMalformed) Counters.Malformed++;
        if (!any || !IsLocked) return;
        (_rtcpRoute, _isRtcpMuxed, _hasRtcpRoute) = (route, isMuxed, true);
    }

    /// <summary>One of the two sockets, as the endpoint sees it.</summary>
    private sealed class Port(PlainRtpTransport transport, bool isRtcp) : IDatagramReceiver
    {
        public void OnDatagram(ReadOnlySpan<byte> datagram, in Route route, long now) => transport.Receive(datagram, route, isRtcp, now);
    }
}
