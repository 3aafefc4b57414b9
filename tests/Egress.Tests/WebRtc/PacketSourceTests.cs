using Egress.WebRtc;
using Media;
using Media.Rtp.Payloads;
using Rooms.Tracks;
using TestKit;
using TestKit.WebRtc;

namespace Egress.Tests.WebRtc;

/// <summary>Viewers of somebody who publishes packets: what he sent is what they get.</summary>
public sealed class PacketSourceTests : IDisposable
{
    private readonly ViewerFixture _fixture = new();
    private readonly TestEncoding _source;
    private readonly List<byte[]> _payloads = [];

    public PacketSourceTests()
    {
        _fixture.Open();
        _source = new TestEncoding(_fixture.Room, _fixture.Writer!);
    }

    private IEnumerable<TestRtpPacket> Video => _fixture.Peer.Received.Where(packet => packet.PayloadType == TestOffer.Vp8);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_viewer_gets_the_payloads_bit_by_bit_in_the_codec_of_the_source()
    {
        Join();
        int asked = _source.Requests.Count;
        Send(30, keyframe: true);

        Assert.Equal(1, asked);
        Assert.Equal(_payloads, Video.Select(packet => packet.Payload.ToArray()));
        TestRtpPacket[] packets = [.. Video];
        Assert.All(packets.Zip(packets.Skip(1)), pair => Assert.Equal(1, (ushort)(pair.Second.SequenceNumber - pair.First.SequenceNumber)));
        Assert.All(packets.Zip(packets.Skip(1)), pair => Assert.Equal(3000u, pair.Second.Timestamp - pair.First.Timestamp));
        Assert.Single(packets.Select(packet => packet.Ssrc).Distinct());
    }

    [Fact]
    public void An_encoder_that_does_not_answer_costs_a_second_and_then_its_group_is_sent()
    {
        Join();
        Send(45);

        Assert.True(PayloadInspector.TryInspect(Codec.Vp8, Video.First().Payload, out PayloadInfo info) && info.StartsKeyframe);
        Assert.Equal(_payloads[^1], Video.Last().Payload.ToArray());
        Assert.True(_source.Requests.Count > 1);
    }

    [Fact]
    public void A_viewers_keyframe_request_goes_to_the_publisher_and_its_packets_go_on()
    {
        Join();
        Send(30, keyframe: true);
        _source.Requests.Clear();
        int before = Video.Count();
        _fixture.Peer.RequestKeyframe(Video.First().Ssrc);
        Send(20);

        Assert.NotEmpty(_source.Requests);
        Assert.InRange(Video.Count() - before, 19, 20);
    }

    [Fact]
    public void A_packet_that_came_late_goes_out_with_its_number()
    {
        Join();
        Send(5, keyframe: true);
        (long late, byte[] payload, long time) = (_source.Number++, _source.Payload(false), _source.Timestamp);
        _source.NextFrame();
        Send(5);
        _source.Write(late, payload, timestamp: time);
        _fixture.Run(50);

        Assert.Equal(payload, Video.Last().Payload.ToArray());
        Assert.Equal(Enumerable.Range(0, 11), Video.Select(packet => (int)(ushort)(packet.SequenceNumber - Video.First().SequenceNumber)).Order());
    }

    [Fact]
    public void A_nack_for_what_the_publisher_has_not_sent_again_yet_is_no_reason_for_a_keyframe()
    {
        Join();
        Send(5, keyframe: true);
        _source.Requests.Clear();
        _source.Number++;
        _source.NextFrame();
        Send(5);
        _fixture.Peer.SendNack(Video.First().Ssrc, (ushort)(Video.First().SequenceNumber + 5));
        Send(30);

        Assert.Empty(_source.Requests);
    }

    [Fact]
    public void A_packet_larger_than_our_own_ever_are_is_passed_on()
    {
        Join();
        Send(1, keyframe: true);
        _source.WriteFrame(length: 1220);
        _fixture.Run(50);

        Assert.Equal(1220, Video.Last().Payload.Length);
    }

    [Fact]
    public void A_viewer_that_cannot_take_the_codec_is_told_both_sides()
    {
        Sound();
        _source.WriteFrame(isKeyframe: true);

        ViewerAnswer answer = _fixture.Subscribe(TestOffer.Make(_fixture.Peer, audio: false, h264: true));

        Assert.Equal(ViewerOutcome.NoCommonCodec, answer.Outcome);
        Assert.Contains("can receive video: H264", answer.Detail, StringComparison.Ordinal);
        Assert.Contains("the source is VP8", answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Forwarding_to_a_viewer_allocates_nothing()
    {
        var room = new TestRoom();
        var rig = new ForwardingRig(parameters: ForwardingRig.Video, room: room) { Records = false };
        var source = new TestEncoding(room, rig.Writer);
        source.WriteFrame(isKeyframe: true);
        rig.Forwarded.Attach((PacketTrack)rig.Publication.Video!, rig.Now);
        rig.Forwarded.Start(rig.Now);
        source.WriteFrame(isKeyframe: true);
        Assert.Equal(ForwardingState.Live, rig.Forwarded.State);
        byte[] payload = source.Payload(false);
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 6000; i++)
            {
                source.Write(source.Number++, payload);
                source.Timestamp += 90;
                source.Delay += TimeSpan.TicksPerMillisecond;
            }
        });
        Assert.True(rig.Stream.Packets > 6000);
    }

    private void Join()
    {
        Sound();
        Send(30, keyframe: true);
        ViewerAnswer answer = _fixture.Subscribe(TestOffer.Make(_fixture.Peer, audio: false, h264: false, vp8: true));
        _source.Requests.Clear();
        _payloads.Clear();
        Assert.Equal(ViewerOutcome.Accepted, answer.Outcome);
        _fixture.Peer.Connect(
            RemotePeer.Parse(answer.Answer!.ToString()), datagram => _fixture.Network.Send(ViewerFixture.Client, ViewerFixture.Server, datagram),
            _fixture.Network.Now);
        for (int i = 0; i < 300 && !_fixture.Peer.IsConnected; i++) _fixture.Run(1);
        Assert.True(_fixture.Peer.IsConnected);
        _fixture.Run(20);
    }

    /// <summary>An answer waits for the second medium: here it is.</summary>
    private void Sound() => new TestEncoding(_fixture.Room, _fixture.Writer!, format: TestRoom.AudioFormat).WriteFrame();

    private void Send(int frames, bool keyframe = false)
    {
        for (int i = 0; i < frames; i++)
        {
            _payloads.Add(_source.Payload(keyframe && i == 0));
            _source.WriteFrame(keyframe && i == 0);
            _fixture.Run(33);
        }

        _fixture.Run(20);
    }
}
