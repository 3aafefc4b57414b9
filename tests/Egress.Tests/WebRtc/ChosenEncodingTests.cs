using Egress.WebRtc;
using Media;
using Media.Rtp.Payloads;
using Rooms;
using TestKit;
using TestKit.WebRtc;

namespace Egress.Tests.WebRtc;

/// <summary>A viewer of a simulcast publisher that chooses what it gets.</summary>
public sealed class ChosenEncodingTests : IDisposable
{
    private readonly ViewerFixture _fixture = new();
    private readonly TestEncoding _small;
    private readonly TestEncoding _large;
    private WebRtcSubscriber _viewer = null!;

    public ChosenEncodingTests()
    {
        _fixture.Open();
        _small = new TestEncoding(_fixture.Room, _fixture.Writer!, "l", 160, 90, firstNumber: 100, firstTimestamp: 77) { PictureId = 20_000, Tl0 = 9 };
        _large = new TestEncoding(_fixture.Room, _fixture.Writer!, "h", 640, 360);
    }

    private IEnumerable<TestRtpPacket> Video => _fixture.Peer.Received.Where(packet => packet.PayloadType == TestOffer.Vp8);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void The_change_comes_with_a_keyframe_and_everything_goes_on_without_a_gap()
    {
        Join();
        Send(10, keyframe: true);
        Assert.Equal("video", _viewer.Measure().Video);
        int before = Video.Count();
        Assert.True(Choose("l"));
        Assert.NotEmpty(_small.Requests);
        Send(5);
        Assert.All(Video.Skip(before), packet => Assert.Equal(100, packet.Payload.Length));
        Send(10, keyframe: true);
        Assert.Equal("video/l", _viewer.Measure().Video);
        Assert.Equal(60, Video.Last().Payload.Length);
        Assert.True(Choose(null));
        Send(10, keyframe: true);
        Assert.Equal(100, Video.Last().Payload.Length);

        TestRtpPacket[] packets = [.. Video];
        Assert.All(packets.Zip(packets.Skip(1)), pair => Assert.Equal(1, (ushort)(pair.Second.SequenceNumber - pair.First.SequenceNumber)));
        Assert.All(packets.Zip(packets.Skip(1)), pair => Assert.InRange((int)(pair.Second.Timestamp - pair.First.Timestamp), 1, 6001));
        Assert.All(packets.Zip(packets.Skip(1)), pair => Assert.Equal(1, PictureOf(pair.Second) - PictureOf(pair.First)));
        Assert.All(packets.Zip(packets.Skip(1)), pair => Assert.Equal(1, (byte)(pair.Second.Payload[4] - pair.First.Payload[4])));
        Assert.Single(packets.Select(packet => packet.Ssrc).Distinct());
    }

    [Fact]
    public void The_first_packet_of_what_was_chosen_is_a_keyframe()
    {
        Join();
        Send(10, keyframe: true);
        Choose("l");
        Send(3);
        Send(3, keyframe: true);

        TestRtpPacket first = Video.First(packet => packet.Payload.Length == 60);
        Assert.True(PayloadInspector.TryInspect(Codec.Vp8, first.Payload, out PayloadInfo info) && info.StartsKeyframe);
    }

    [Fact]
    public void What_is_sent_again_is_what_was_sent()
    {
        Join();
        Send(5, keyframe: true);
        Choose("l");
        Send(5, keyframe: true);
        TestRtpPacket last = Video.Last();
        _fixture.Peer.SendNack(last.Ssrc, last.SequenceNumber);
        _fixture.Run(100);

        TestRtpPacket[] twice = [.. Video.Where(packet => packet.SequenceNumber == last.SequenceNumber)];
        Assert.Equal(60, last.Payload.Length);
        if (twice.Length > 1) Assert.Equal(twice[0].Payload.ToArray(), twice[1].Payload.ToArray());
    }

    [Fact]
    public void An_encoding_that_does_not_exist_changes_nothing()
    {
        Join();
        Send(5, keyframe: true);
        Assert.False(Choose("x"));
        Assert.False(Choose("1"));
        Send(5, keyframe: true);

        Assert.Equal("video", _viewer.Measure().Video);
        Assert.Equal(100, Video.Last().Payload.Length);
    }

    [Fact]
    public void A_choice_that_is_taken_back_before_the_keyframe_leaves_all_as_it_was()
    {
        Join();
        Send(5, keyframe: true);
        Choose("l");
        Choose(null);
        Send(5, keyframe: true);

        Assert.All(Video, packet => Assert.Equal(100, packet.Payload.Length));
    }

    [Fact]
    public void A_choice_before_the_viewer_is_connected_is_what_it_begins_with()
    {
        Join(beforeConnected: () => Assert.True(Choose("l")));
        Send(5, keyframe: true);

        Assert.All(Video, packet => Assert.Equal(60, packet.Payload.Length));
        Assert.NotEmpty(Video);
    }

    [Fact]
    public void While_the_chosen_encoding_is_not_sent_the_viewer_gets_the_largest()
    {
        Join();
        Send(5, keyframe: true);
        Choose("l");
        Send(5, keyframe: true);
        Send(90, withSmall: false);
        Send(5, keyframe: true, withSmall: false);

        Assert.Equal(100, Video.Last().Payload.Length);
        Assert.Equal("video/l", _viewer.Measure().Video);
    }

    [Fact]
    public void A_source_that_is_no_simulcast_has_one_encoding()
    {
        using var fixture = new ViewerFixture();
        fixture.Publish(200);
        WebRtcSubscriber viewer = fixture.Connect(fixture.Subscribe());

        Assert.True(fixture.Complete(viewer.ChooseEncodingAsync("1")));
        Assert.True(fixture.Complete(viewer.ChooseEncodingAsync(null)));
        Assert.False(fixture.Complete(viewer.ChooseEncodingAsync("h")));
    }

    private static int PictureOf(TestRtpPacket packet) => ((packet.Payload[2] & 0x7f) << 8) | packet.Payload[3];

    private bool Choose(string? encodingId) => _fixture.Complete(_viewer.ChooseEncodingAsync(encodingId));

    private void Join(Action? beforeConnected = null)
    {
        new TestEncoding(_fixture.Room, _fixture.Writer!, format: TestRoom.AudioFormat).WriteFrame();
        Send(5, keyframe: true);
        ViewerAnswer answer = _fixture.Subscribe(TestOffer.Make(_fixture.Peer, audio: false, h264: false, vp8: true));
        Assert.Equal(ViewerOutcome.Accepted, answer.Outcome);
        _viewer = answer.Viewer!;
        beforeConnected?.Invoke();
        _small.Requests.Clear();
        _fixture.Peer.Connect(
            RemotePeer.Parse(answer.Answer!.ToString()), datagram => _fixture.Network.Send(ViewerFixture.Client, ViewerFixture.Server, datagram),
            _fixture.Network.Now);
        for (int i = 0; i < 300 && !_fixture.Peer.IsConnected; i++) _fixture.Run(1);
        Assert.True(_fixture.Peer.IsConnected);
    }

    /// <summary>Pictures of 100 bytes in the large encoding, of 60 in the small one, which is sent a little later.</summary>
    private void Send(int frames, bool keyframe = false, bool withSmall = true)
    {
        for (int i = 0; i < frames; i++)
        {
            _large.WriteFrame(keyframe && i == 0);
            if (withSmall) _small.WriteFrame(keyframe && i == 0, length: 60);
            _fixture.Run(33);
        }

        _fixture.Run(20);
    }
}
