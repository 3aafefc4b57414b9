using Protocols.Rtp;
using Protocols.Sdp;
using Protocols.Tests.Sdp;
using static Protocols.Tests.Rtp.ReceiverFixture;

namespace Protocols.Tests.Rtp;

public sealed class RenegotiationTests
{
    private const uint Camera = 3586388311, Audio = 2761748462; // sources of Chromium's plain offer

    private static readonly ReceivableMedia s_twoVideos = ReceivableMedia.Default with { MaxVideoSections = 2 };

    private readonly ReceiverFixture _fixture = new(ChromiumPlain);

    // The same connection with a screen beside the camera
    private static string WithScreen => Offers.Read(ChromiumPlain).Replace("BUNDLE 0 1", "BUNDLE 0 1 2", StringComparison.Ordinal)
        + "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:2\r\na=rtcp-mux\r\na=rtcp-rsize\r\na=sendonly\r\na=extmap:4 " + HeaderExtensionUri.Mid
        + "\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=ssrc:555 cname:c\r\n";

    [Fact]
    public void A_stream_that_is_added_leaves_the_running_ones_alone()
    {
        _fixture.Vp8(Camera, 96, 10, 0, true);
        _fixture.Receive(Packet(Audio, 111, 1, 0, [1]));
        IncomingEncoding[] before = [.. _fixture.Receiver.Encodings];
        _fixture.Receiver.Update(NegotiationOf(WithScreen, s_twoVideos).Sections);
        _fixture.Vp8(Camera, 96, 11);
        _fixture.Vp8(555, 96, 1, 0, true);
        _fixture.Receive(Packet(Audio, 111, 2, 0, [1]));
        Assert.Equal(["started 1", "1:65546K", "started 0", "0:65537K", "1:65547", "started 2", "2:65537K", "0:65538K"], _fixture.Log);
        Assert.Equal(before, _fixture.Receiver.Encodings.Take(2));
    }

    [Fact]
    public void A_stream_that_is_taken_away_is_not_heard_any_more()
    {
        _fixture.Receiver.Update(NegotiationOf(WithScreen, s_twoVideos).Sections);
        _fixture.Vp8(555, 96, 1, 0, true);
        _fixture.Vp8(Camera, 96, 10, 0, true);
        _fixture.Receiver.Update(NegotiationOf(Offers.Read(ChromiumPlain)).Sections);
        _fixture.Vp8(555, 96, 2);
        _fixture.Vp8(Camera, 96, 11);
        Assert.Equal("1:65547", _fixture.Log[^1]);
        Assert.Equal(4 + 1, _fixture.Log.Count);
        Assert.Equal(1, _fixture.Receiver.Counters.SurplusPackets);
    }

    [Fact]
    public void A_section_whose_packets_mean_something_else_begins_anew()
    {
        _fixture.Vp8(Camera, 96, 10, 0, true);
        string changed = Offers.Read(ChromiumPlain).Replace("a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid", "a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:mid", StringComparison.Ordinal);
        _fixture.Receiver.Update(NegotiationOf(changed).Sections);
        _fixture.Vp8(Camera, 96, 11, 0, true);
        Assert.Equal("started 1", _fixture.Log[^2]);
    }
}
