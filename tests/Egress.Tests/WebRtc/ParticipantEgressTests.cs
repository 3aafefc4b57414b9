using System.Buffers.Binary;
using Egress.WebRtc.Participants;
using Protocols.Sdp;
using Rooms;
using TestKit;
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

    [Fact]
    public void New_credentials_restart_ICE_and_the_media_goes_on()
    {
        Join(s_three);
        _fixture.Play(300);
        string before = _fixture.Session!.Id;

        ParticipantAnswer answer = _fixture.Restart();
        _fixture.Play(300);
        int checks = _fixture.Peer.ChecksAnswered;
        _fixture.Play(3000);

        Assert.Equal(before, answer.Session!.Id);
        Assert.True(_fixture.Peer.ChecksAnswered > checks);
        foreach (string name in s_three) AssertPlaysAll(name, milliseconds: 3600);
        Assert.Equal("connected", answer.Session.State);
    }

    [Fact]
    public void An_offer_without_a_restart_keeps_our_credentials()
    {
        Join("alice");

        SessionDescription first = _fixture.Offer().Answer!;
        SessionDescription second = _fixture.Offer().Answer!;
        SessionDescription third = _fixture.Restart().Answer!;

        Assert.Equal(first.Media[0].IceUfrag, second.Media[0].IceUfrag);
        Assert.NotEqual(first.Media[0].IceUfrag, third.Media[0].IceUfrag);
    }

    [Fact]
    public void Another_fingerprint_is_a_new_session_that_replaces_the_one_before()
    {
        Join(s_three);
        _fixture.Play(300);
        ParticipantSubscriber before = _fixture.Session!;

        _fixture.ReplacePeer();
        ParticipantAnswer answer = _fixture.Offer();
        _fixture.Connect();
        _fixture.Play(500);

        Assert.NotSame(before, answer.Session);
        Assert.Equal((before, CloseReason.Replaced), Assert.Single(_fixture.Closed));
        Assert.Equal("closed", before.State);
        Assert.Equal(1, _fixture.Egress.Sessions);
        foreach (string name in s_three)
        {
            Assert.True(StartsKeyframe(_fixture.Received(name)[0]));
            Assert.Equal("connected", _fixture.Snapshot(name).State); // and there is no other
        }
    }

    [Fact]
    public void A_new_transport_behind_a_stopped_first_section_is_a_new_session()
    {
        Join("alice", "bob");
        ParticipantSubscriber before = _fixture.Session!;

        ParticipantAnswer answer = _fixture.MoveTransport();

        Assert.NotSame(before, answer.Session);
        Assert.All(answer.Sections, section => Assert.Null(section.Refusal));
        Assert.Equal((before, CloseReason.Replaced), Assert.Single(_fixture.Closed));
    }

    [Fact]
    public void A_participant_that_says_goodbye_leaves_every_publication()
    {
        Join(s_three);
        _fixture.Play(100);

        _fixture.Peer.Close();
        _fixture.Play(100);

        Assert.Equal((_fixture.Session!, CloseReason.Left), Assert.Single(_fixture.Closed));
        Assert.All(s_three, name => Assert.Empty(_fixture.Room.Registry.Find("demo", name)!.Subscribers));
        Assert.Equal(0, _fixture.Egress.Sessions);
    }

    [Fact]
    public void An_offer_for_a_session_that_has_ended_is_told_so()
    {
        Join("alice");
        _fixture.Complete(_fixture.Session!.CloseAsync(CloseReason.Left));

        ParticipantAnswer answer = _fixture.Offer();

        Assert.Equal((ParticipantOutcome.SessionClosed, null), (answer.Outcome, answer.Session));
    }

    [Fact]
    public void An_offer_that_cannot_be_answered_changes_nothing()
    {
        Join(s_three);
        _fixture.Play(300);

        Assert.Equal(ParticipantOutcome.BadOffer, _fixture.Offer(_fixture.OfferText().Replace("a=mid:1", "a=mid:0", StringComparison.Ordinal)).Outcome);
        Assert.Equal(ParticipantOutcome.BadOffer, _fixture.Offer(_fixture.OfferText().Replace("a=mid:5", "a=mid:x", StringComparison.Ordinal)).Outcome);
        _fixture.Play(300);

        foreach (string name in s_three) AssertPlaysAll(name, milliseconds: 600);
    }

    [Fact]
    public void A_connection_without_any_stream_is_made_and_used_later()
    {
        _fixture.Publish("alice");
        _fixture.Wish("alice");
        _fixture.Unwish("alice");
        _fixture.Play(100);
        Assert.Empty(_fixture.Offer().Sections);
        _fixture.Connect();

        _fixture.Wish("alice");
        Assert.All(_fixture.Offer().Sections, section => Assert.Null(section.Refusal));
        _fixture.Play(500);

        Assert.True(StartsKeyframe(_fixture.Received("alice")[0]));
        Assert.NotEmpty(_fixture.Received("alice", "audio"));
    }

    [Fact]
    public void A_lost_packet_of_one_publication_is_sent_again_from_that_one()
    {
        Join(s_three);
        _fixture.Play(300);
        TestRtpPacket lost = _fixture.Received("bob")[5];

        _fixture.Peer.SendNack(lost.Ssrc, lost.SequenceNumber);
        _fixture.Play(40);

        TestRtpPacket again = Assert.Single(_fixture.Peer.Received, packet => packet.PayloadType == ParticipantOfferText.Vp8Rtx);
        Assert.Equal(lost.SequenceNumber, (again.Payload[0] << 8) | again.Payload[1]);
        Assert.Equal(lost.Payload.ToArray(), again.Payload[2..].ToArray());
    }

    [Fact]
    public void Each_section_has_a_sender_report_a_second_under_one_name()
    {
        Join(s_three);
        _fixture.Peer.ReceivedRtcp.Clear();
        _fixture.Play(1000);

        uint[] reported = [.. _fixture.Peer.ReceivedRtcp.Select(compound => BinaryPrimitives.ReadUInt32BigEndian(compound.AsSpan(4)))];
        Assert.Equal(_fixture.Sections.Select(section => section.Ssrc).Order(), reported.Order());
    }

    [Fact]
    public void Forwarding_three_publications_to_a_participant_allocates_nothing()
    {
        Join(s_three);
        _fixture.Play(500);
        TestEncoding[] sources = [.. s_three.Select(name => _fixture.Publisher(name).Picture!)];
        byte[][] payloads = [.. sources.Select(source => source.Payload(false))];
        _fixture.Network.IsDiscarding = true;
        long before = _fixture.Network.Committed;

        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 6000; i++)
            {
                TestEncoding source = sources[i % 3];
                source.Write(source.Number++, payloads[i % 3]);
                source.Timestamp += 270;
                source.Delay += 3 * TimeSpan.TicksPerMillisecond;
                _fixture.Room.Loops.Run();
            }
        });

        Assert.True(_fixture.Network.Committed - before >= 6000);
    }

    private void Join(params string[] names) => _fixture.Join(names);

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

    private static bool StartsKeyframe(TestRtpPacket packet) => ParticipantFixture.StartsKeyframe(packet);
}
