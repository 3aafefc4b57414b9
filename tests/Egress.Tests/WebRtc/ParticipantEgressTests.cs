using Egress.WebRtc.Participants;
using Media;
using Media.Rtp.Payloads;
using Protocols.Sdp;
using Rooms;
using TestKit.WebRtc;

namespace Egress.Tests.WebRtc;

/// <summary>A participant that receives the others over one peer connection.</summary>
public sealed class ParticipantEgressTests : IDisposable
{
    private static readonly string[] s_three = ["alice", "bob", "carol"];

    private readonly ParticipantFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Three_publications_come_over_one_session_each_in_its_own_sections()
    {
        Join(s_three);
        _fixture.Play(1000);

        foreach (string name in s_three)
        {
            TestRtpPacket[] video = _fixture.Received(name);
            ParticipantFixture.AssertContinuous(video);
            ParticipantFixture.AssertContinuous(_fixture.Received(name, "audio"));
            Assert.True(StartsKeyframe(video[0]));
            Assert.InRange(video.Length, 40, 60);
            Assert.Equal("connected", _fixture.Snapshot(name).State);
        }

        Assert.Equal(6, _fixture.Peer.Received.Select(packet => packet.Ssrc).Distinct().Count());
        Assert.Equal(1, _fixture.Egress.Sessions);
    }

    [Fact]
    public void A_fourth_is_added_while_the_three_go_on_without_a_gap()
    {
        Join(s_three);
        _fixture.Play(500);
        Dictionary<string, uint> before = _fixture.Sections.ToDictionary(section => section.Mid, section => section.Ssrc);

        _fixture.Publish("dave");
        _fixture.Play(100);
        _fixture.Wish("dave");
        ParticipantSubscriber session = _fixture.Session!;
        ParticipantAnswer answer = _fixture.Offer();
        _fixture.Play(1000);

        Assert.Same(session, answer.Session);
        Assert.All(before, section => Assert.Equal(section.Value, _fixture.Sections.Single(after => after.Mid == section.Key).Ssrc));
        foreach (string name in s_three) AssertPlaysAll(name, milliseconds: 1600);
        TestRtpPacket[] added = _fixture.Received("dave");
        ParticipantFixture.AssertContinuous(added);
        Assert.True(StartsKeyframe(added[0]));
        Assert.InRange(added.Length, 40, 50);
    }

    [Fact]
    public void One_is_removed_while_the_others_go_on_without_a_gap()
    {
        Join(s_three);
        _fixture.Play(500);
        uint[] removed = [_fixture.Section("bob", "video").Ssrc, _fixture.Section("bob", "audio").Ssrc];

        _fixture.Unwish("bob");
        _fixture.Offer();
        int count = _fixture.Peer.Received.Count(packet => removed.Contains(packet.Ssrc));
        _fixture.Play(500);

        AssertPlaysAll("alice", milliseconds: 1000);
        AssertPlaysAll("carol", milliseconds: 1000);
        Assert.InRange(_fixture.Peer.Received.Count(packet => removed.Contains(packet.Ssrc)) - count, 0, 4); // on their way
        Assert.Empty(_fixture.Room.Registry.Find("demo", "bob")!.Subscribers);
    }

    private void Join(params string[] names)
    {
        foreach (string name in names)
        {
            _fixture.Publish(name);
            _fixture.Wish(name);
        }

        _fixture.Play(200);
        ParticipantAnswer answer = _fixture.Offer();
        Assert.Equal(ParticipantOutcome.Accepted, answer.Outcome);
        Assert.All(answer.Sections, section => Assert.Null(section.Refusal));
        _fixture.Connect();
    }

    /// <summary>Every packet since the first one, and no keyframe but the first.</summary>
    private void AssertPlaysAll(string name, int milliseconds)
    {
        TestRtpPacket[] video = _fixture.Received(name);
        ParticipantFixture.AssertContinuous(video);
        ParticipantFixture.AssertContinuous(_fixture.Received(name, "audio"));
        Assert.InRange(video.Length, (milliseconds / 20) - 8, (milliseconds / 20) + 4);
        Assert.True(StartsKeyframe(video[0]));
        Assert.All(video[1..], packet => Assert.False(StartsKeyframe(packet)));
        for (int i = 1; i < video.Length; i++) Assert.InRange(video[i].Timestamp - video[i - 1].Timestamp, 0u, 3600u);
    }

    private static bool StartsKeyframe(TestRtpPacket packet) =>
        PayloadInspector.TryInspect(Codec.Vp8, packet.Payload, out PayloadInfo info) && info.StartsKeyframe;
}
