using System.Net;
using Media;
using Media.Buffers;
using Media.Rtp;
using Protocols.Net;
using Protocols.Rtcp;
using Protocols.Rtp;
using Protocols.Sdp;
using Protocols.Srtp;
using Protocols.WebRtc;
using TestKit;

namespace Protocols.Tests.Rtp;

public sealed class PlainRtpTransportTests : IPlainRtpListener, IDisposable
{
    private const int Port = 20_000;

    private static readonly TransportAddress s_local = TransportAddress.From(IPAddress.Parse("192.0.2.1"), Port);
    private static readonly TransportAddress s_sender = TransportAddress.From(IPAddress.Parse("198.51.100.7"), 5000);
    private static readonly TransportAddress s_stranger = TransportAddress.From(IPAddress.Parse("203.0.113.9"), 5000);

    private readonly BufferPool _pool = new();
    private readonly RecordingSender _rtp = new();
    private readonly RecordingSender _rtcp = new();
    private readonly List<string> _log = [];
    private PlainRtpTransport _transport;

    public PlainRtpTransportTests() => _transport = Make("m=video 9 RTP/AVP 96\na=rtpmap:96 VP8/90000\n");

    [Fact]
    public void The_first_good_packet_locks_its_address()
    {
        Send(Packet(1), s_sender);
        Send(Packet(2), s_stranger);
        Send(Packet(3), s_sender.WithPort(5002));
        Send(Packet(4), s_sender);
        Assert.Equal(["locked 198.51.100.7:5000", "rtp 1", "rtp 4"], _log);
        Assert.Equal((2, 2), (_transport.Counters.Foreign, _transport.Counters.Packets));
    }

    [Fact]
    public void What_was_not_announced_locks_nothing()
    {
        Send([], s_sender);
        Send([0x80], s_sender);
        Send([1, 2, 3, 4], s_sender);
        Send(new byte[2048], s_sender);
        Send(Packet(1, payloadType: 97), s_sender);
        Send(ReceiverFixture.Packet(7, 96, 1, 0, []), s_sender);
        Assert.Empty(_log);
        Assert.False(_transport.IsLocked);
        Assert.Equal((4, 2), (_transport.Counters.Malformed, _transport.Counters.Implausible));
        Assert.Equal(0, _pool.Leased);
    }

    [Fact]
    public void After_its_release_anybody_may_be_next()
    {
        Send(Packet(1), s_sender);
        _transport.Release();
        Send(Packet(2), s_stranger);
        Assert.Equal(["locked 198.51.100.7:5000", "rtp 1", "locked 203.0.113.9:5000", "rtp 2"], _log);
    }

    [Fact]
    public void Rtcp_counts_only_from_the_host_that_sends()
    {
        SendRtcp(Report(), s_sender.WithPort(5001));
        Send(Packet(1), s_sender);
        SendRtcp(Report(), s_stranger);
        SendRtcp(Report(), s_sender.WithPort(5001));
        SendRtcp(Report(), s_sender.WithPort(5003)); // the port is locked, too
        SendRtcp([0x81, 200, 0xff, 0xff], s_sender.WithPort(5001));
        Assert.Equal(["locked 198.51.100.7:5000", "rtp 1", "rtcp SenderReport"], _log);
        Assert.Equal((3, 1), (_transport.Counters.Foreign, _transport.Counters.Malformed));
    }

    [Fact]
    public void Our_rtcp_goes_where_theirs_comes_from()
    {
        _transport.SendRtcp(Report());
        Assert.Empty(_rtcp.Sent);
        Send(Packet(1), s_sender);
        _transport.SendRtcp(Report());
        Assert.Equal(s_sender.WithPort(5001), Assert.Single(_rtcp.Sent).Route.Remote); // by convention
        Assert.Equal(Port + 1, _rtcp.Sent[0].Route.Local.Port);
        SendRtcp(Report(), s_sender.WithPort(7777));
        _transport.SendRtcp(Report());
        Assert.Equal(s_sender.WithPort(7777), _rtcp.Sent[1].Route.Remote);
        Send(Report(), s_sender); // muxed, beside a port of its own: not believed
        Assert.Equal(1, _transport.Counters.Foreign);
    }

    [Fact]
    public void Muxed_rtcp_is_answered_on_the_port_of_the_media()
    {
        _transport = Make("m=video 9 RTP/AVP 96\na=rtcp-mux\na=rtpmap:96 VP8/90000\n");
        Send(Packet(1), s_sender);
        _transport.SendRtcp(Report());
        Send(Report(), s_sender);
        _transport.SendRtcp(Report());
        Assert.Equal([s_sender, s_sender], _rtp.Sent.Select(sent => sent.Route.Remote));
        Assert.Equal("rtcp SenderReport", _log[^1]);
    }

    [Fact]
    public void The_description_may_name_the_place_for_rtcp()
    {
        _transport = Make("m=video 9 RTP/AVP 96\na=rtcp:6001 IN IP4 198.51.100.8\na=rtpmap:96 VP8/90000\n");
        Send(Packet(1), s_sender);
        _transport.SendRtcp(Report());
        Assert.Equal("198.51.100.8:6001", Assert.Single(_rtcp.Sent).Route.Remote.ToString());
    }

    [Theory]
    [InlineData("AES_CM_128_HMAC_SHA1_80", SrtpProfile.Aes128CmSha1Tag80)]
    [InlineData("AEAD_AES_128_GCM", SrtpProfile.AeadAes128Gcm)]
    [InlineData("AEAD_AES_256_GCM", SrtpProfile.AeadAes256Gcm)]
    public void Protected_packets_are_deciphered_and_prove_where_they_come_from(string suite, SrtpProfile profile)
    {
        var key = SdesKey.Create(profile);
        _transport = Make($"m=video 9 RTP/SAVP 96\na=crypto:1 {suite} {key.ToLine(1).KeyParameters}\na=rtpmap:96 VP8/90000\n");
        using SrtpContext sender = key.CreateContext();
        using SrtpContext other = SdesKey.Create(profile).CreateContext();
        byte[] first = Protect(sender, Packet(1));
        Send(Packet(1), s_stranger);
        Send(Protect(other, Packet(1)), s_stranger);
        Send(first, s_sender);
        Send(first, s_stranger); // a copy
        Send(Protect(other, Packet(2)), s_stranger);
        Send(Protect(sender, Packet(2)), s_sender.WithPort(6000)); // a NAT moved it
        Assert.Equal(["locked 198.51.100.7:5000", "rtp 1", "locked 198.51.100.7:6000", "rtp 2"], _log);
        Assert.Equal((2, 2), (_transport.Counters.NotAuthentic + _transport.Counters.Malformed, _transport.Counters.Foreign));
        Assert.Equal(0, _pool.Leased);
    }

    [Fact]
    public void Our_rtcp_is_protected_with_our_own_key()
    {
        var key = SdesKey.Create(SrtpProfile.AeadAes128Gcm);
        PlainRtpSection section = Section($"m=video 9 RTP/SAVP 96\na=crypto:3 AEAD_AES_128_GCM {key.ToLine(1).KeyParameters}\na=rtpmap:96 VP8/90000\n");
        _transport = Make(section);
        using SrtpContext sender = key.CreateContext();
        using SrtpContext theirs = section.OwnKey!.CreateContext();
        Send(Protect(sender, Packet(1)), s_sender);
        byte[] report = new byte[200];
        Assert.Equal(SrtpResult.Ok, sender.ProtectRtcp(Report(), report, out int length));
        SendRtcp(report[..length], s_sender.WithPort(5001));
        SendRtcp(Report(), s_sender.WithPort(5001)); // in the clear
        Assert.Equal("rtcp SenderReport", _log[^1]);
        Assert.Equal(3, _log.Count);

        _transport.SendRtcp(Report());
        byte[] sent = Assert.Single(_rtcp.Sent).Datagram;
        byte[] clear = new byte[200];
        Assert.Equal(SrtpResult.Ok, theirs.UnprotectRtcp(sent, clear, out length));
        Assert.Equal(Report(), clear[..length]);
    }

    [Fact]
    public void A_packet_allocates_nothing()
    {
        byte[] packet = Packet(1);
        Send(packet, s_sender);
        var route = new Route(s_local, s_sender);
        var strange = new Route(s_local, s_stranger);
        _log.Clear();
        _isQuiet = true;
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                _transport.Rtp.OnDatagram(packet, route, i);
                _transport.Rtp.OnDatagram(packet, strange, i);
            }
        });
    }

    [Fact]
    public void Whatever_comes_is_survived()
    {
        var key = SdesKey.Create(SrtpProfile.Aes128CmSha1Tag80);
        foreach (string crypto in (string[])["", $"a=crypto:1 AES_CM_128_HMAC_SHA1_80 {key.ToLine(1).KeyParameters}\n"])
        {
            _transport = Make($"m=video 9 RTP/AVP 96\n{crypto}a=rtpmap:96 VP8/90000\n");
            Fuzzer.Run([Packet(1), Report(), [0x80, 96], new byte[64]], data =>
            {
                Send(data, s_sender);
                SendRtcp(data, s_sender.WithPort(5001));
                Send(data, s_stranger);
                _log.Clear();
            });
        }

        Assert.Equal(0, _pool.Leased);
    }

    void IPlainRtpListener.OnSourceLocked(TransportAddress source, long now) => _log.Add($"locked {source}");

    void IPlainRtpListener.OnRtp(in ReceivedRtp packet, long now)
    {
        if (!_isQuiet) _log.Add($"rtp {packet.Header.SequenceNumber}");
    }

    void IPlainRtpListener.OnRtcp(in RtcpPacket packet, long now) => _log.Add($"rtcp {packet.Type}");

    public void Dispose() => _transport.Dispose();

    private bool _isQuiet;

    internal static PlainRtpSection Section(string media)
    {
        Assert.True(SdpReader.TryRead("v=0\n" + media, out SessionDescription description, out string error), error);
        Assert.True(PlainRtpOffer.TryRead(description, out var sections, out NegotiationFailure? failure), failure?.Detail);
        return sections[0];
    }

    private static byte[] Packet(int number, int payloadType = 96) => ReceiverFixture.Packet(7, payloadType, number, 3000, [0x10, 0, 1, 2]);

    private static byte[] Protect(SrtpContext context, byte[] packet)
    {
        byte[] protectedPacket = new byte[packet.Length + SrtpProfileSizes.MaxRtpOverhead];
        Assert.Equal(SrtpResult.Ok, context.Protect(packet, protectedPacket, out int length));
        return protectedPacket[..length];
    }

    private static byte[] Report()
    {
        var writer = new RtcpWriter(new byte[100]);
        writer.WriteSenderReport(new SenderInfo(7, 1, 2, 3, 4));
        return writer.Written.ToArray();
    }

    private PlainRtpTransport Make(string media) => Make(Section(media));

    private PlainRtpTransport Make(PlainRtpSection section)
    {
        var transport = new PlainRtpTransport(section, this, _pool);
        transport.Attach(_rtp, _rtcp, Port);
        return transport;
    }

    private void Send(byte[] datagram, TransportAddress from) => _transport.Rtp.OnDatagram(datagram, new Route(s_local, from), 1);

    private void SendRtcp(byte[] datagram, TransportAddress from) => _transport.Rtcp.OnDatagram(datagram, new Route(s_local.WithPort(Port + 1), from), 1);

    private sealed class RecordingSender : IDatagramSender
    {
        private readonly byte[] _room = new byte[2048];
        private Route _route;

        public List<(Route Route, byte[] Datagram)> Sent { get; } = [];

        public Span<byte> Reserve(in Route route, int length)
        {
            _route = route;
            return _room.AsSpan(0, length);
        }

        public void Commit(int length)
        {
            if (length > 0) Sent.Add((_route, _room[..length]));
        }
    }
}
