using Egress.WebRtc;
using Media.Buffers;
using Rooms;
using TestKit;
using static Egress.Tests.WebRtc.ForwardingRig;

namespace Egress.Tests.WebRtc;

public sealed class ForwardedTrackTests
{
    [Fact]
    public void Nothing_is_sent_before_the_viewer_is_connected()
    {
        var rig = new ForwardingRig();
        rig.Forwarded.Attach(rig.Track, rig.Now);
        rig.Play(10, keyframeEvery: 5);

        Assert.Empty(rig.Sent);
    }

    [Fact]
    public void No_delta_frame_is_sent_before_a_keyframe()
    {
        var rig = new ForwardingRig();
        rig.Forwarded.Attach(rig.Track, rig.Now);
        rig.Play(5);
        rig.Forwarded.Start(rig.Now);
        rig.Play(5);
        Assert.Empty(rig.Sent);
        Assert.Equal(1, rig.Track.KeyframeRequests);

        rig.Play(5, keyframeEvery: 5);

        Assert.Equal(5, rig.Sent.Count);
        Assert.Equal(1010, rig.Sent[0].Source);
    }

    [Fact]
    public void Without_fast_start_a_viewer_waits_for_the_next_keyframe()
    {
        var rig = new ForwardingRig(new FastStartOptions { Enabled = false });
        rig.JoinAfter(frames: 10);
        rig.Play(5);
        Assert.Empty(rig.Sent);

        rig.Play(2, keyframeEvery: 5);

        Assert.Equal(2, rig.Sent.Count);
    }

    [Fact]
    public void A_picture_loss_indication_is_answered_with_the_same_burst_again()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 30);
        rig.Play(60);
        int before = rig.Sent.Count;
        uint live = rig.Sent[^1].Timestamp;

        rig.Forwarded.OnKeyframeRequest(rig.Now);
        rig.Play(30);

        SentPacket again = rig.Sent[before];
        Assert.Equal(1000, again.Source);
        Assert.Equal(rig.Sent[0].Timestamp, again.Timestamp);
        Assert.Equal((ushort)(rig.Sent[before - 1].SequenceNumber + 1), again.SequenceNumber);
        Assert.Equal(live + (30 * FrameTicks), rig.Sent[^1].Timestamp);
        Assert.Equal(ForwardingState.Live, rig.Forwarded.State);
    }

    [Fact]
    public void A_viewer_that_asks_because_nothing_comes_any_more_is_not_thrown_back()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 30);
        rig.Play(30);
        int before = rig.Sent.Count;
        rig.Room.Test.AdvanceMilliseconds(3000);

        rig.Forwarded.OnKeyframeRequest(rig.Now);
        rig.Forwarded.Advance(rig.Now);

        Assert.Equal(before, rig.Sent.Count);
        Assert.Equal(ForwardingState.Live, rig.Forwarded.State);
    }

    [Fact]
    public void Repeated_picture_loss_indications_are_answered_ever_more_rarely()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 15);
        int bursts = 0;
        for (int i = 0; i < 100; i++) // ten seconds
        {
            rig.Play(3);
            rig.Forwarded.OnKeyframeRequest(rig.Now);
        }

        for (int i = 1; i < rig.Sent.Count; i++)
            if (rig.Sent[i].Source < rig.Sent[i - 1].Source) bursts++;
        Assert.InRange(bursts, 3, 4);
    }

    [Fact]
    public void A_lost_packet_that_the_history_has_no_more_starts_the_burst_again()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 5);
        rig.Play(30);
        ushort lost = rig.Sent[2].SequenceNumber;
        rig.Play(70, packetsPerFrame: 600); // pushes the group's start out of the history
        rig.Forwarded.OnNack([lost], rig.Now);
        Assert.Equal(ForwardingState.Waiting, rig.Forwarded.State);
        Assert.Equal(1, rig.Track.KeyframeRequests);
    }

    [Fact]
    public void What_was_lost_before_the_newest_keyframe_is_let_go()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 5);
        rig.Play(10);
        ushort lost = rig.Sent[2].SequenceNumber;
        rig.Play(70, packetsPerFrame: 600, keyframeEvery: 70);
        int before = rig.Sent.Count;

        rig.Forwarded.OnNack([lost], rig.Now);

        Assert.Equal(before, rig.Sent.Count);
        Assert.Equal(ForwardingState.Live, rig.Forwarded.State);
    }

    [Fact]
    public void A_returning_publisher_goes_on_in_the_same_sequence()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 10);
        rig.Play(30);
        SentPacket last = rig.Sent[^1];
        rig.Advance(3000);

        rig.Track.WriteFrame(rig.Timestamp + (3 * 90_000), isKeyframe: true);

        Assert.Equal((ushort)(last.SequenceNumber + 1), rig.Sent[^1].SequenceNumber);
        Assert.Equal((uint)(FrameTicks + (3 * 90_000)), rig.Sent[^1].Timestamp - last.Timestamp);
    }

    [Fact]
    public void A_source_that_closes_is_told_and_another_one_follows_at_its_keyframe()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 10);
        rig.Play(30);
        SentPacket last = rig.Sent[^1];
        var other = new FakePacketTrack("other", rig.Publication, rig.Room.Pool, TestRoom.VideoFormat, firstNumber: 70_000);
        other.WriteFrame(rig.Timestamp - FrameTicks);

        rig.Track.Close(CloseReason.FormatChanged);
        Assert.Equal([CloseReason.FormatChanged], rig.Closed);
        rig.Forwarded.Attach(other, rig.Now);
        other.WriteFrame(rig.Timestamp);
        other.WriteFrame(rig.Timestamp + FrameTicks, isKeyframe: true);

        Assert.Equal(70_002, rig.Sent[^1].Source);
        Assert.Equal((ushort)(last.SequenceNumber + 1), rig.Sent[^1].SequenceNumber);
        Assert.Equal(2u * FrameTicks, rig.Sent[^1].Timestamp - last.Timestamp);
    }

    [Fact]
    public void A_keyframe_that_is_older_than_what_was_shown_is_sent_in_the_past()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 10);
        rig.Play(30);
        SentPacket last = rig.Sent[^1];
        var other = new FakePacketTrack("other", rig.Publication, rig.Room.Pool, TestRoom.VideoFormat);
        rig.Forwarded.Attach(other, rig.Now);

        other.WriteFrame(rig.Timestamp - (10 * FrameTicks), isKeyframe: true);
        rig.Advance(5);

        Assert.True((int)(rig.Sent[^1].Timestamp - last.Timestamp) < -19 * 90_000);
    }

    [Fact]
    public void A_viewer_goes_over_to_the_next_source_at_its_keyframe()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 3);
        rig.Play(10);
        var next = new FakePacketTrack("next", rig.Publication, rig.Room.Pool, TestRoom.VideoFormat, firstNumber: 5000);
        rig.Forwarded.AttachNext(next);
        next.WriteFrame(rig.Timestamp);
        rig.Play(1);
        next.WriteFrame(rig.Timestamp, isKeyframe: true);
        rig.Play(1);

        Assert.Equal([1013L, 5001L], rig.Sent[^2..].Select(packet => packet.Source));
        Assert.Same(next, rig.Forwarded.Source);
        Assert.Equal(0, rig.Track.SubscriberCount);
    }

    [Fact]
    public void A_group_that_takes_too_long_to_decode_is_replaced_by_a_fresh_keyframe()
    {
        var rig = new ForwardingRig(new FastStartOptions { MaxDecodeTime = TimeSpan.FromMilliseconds(20) });
        var fresh = new FakePacketTrack("fresh", rig.Publication, rig.Room.Pool, TestRoom.VideoFormat, firstNumber: 9000);
        rig.Fresh = fresh;
        rig.JoinAfter(frames: 60);
        rig.Advance(50);
        Assert.Empty(rig.Sent);
        Assert.Equal((1, 0), (fresh.KeyframeRequests, rig.Track.KeyframeRequests));

        fresh.WriteFrame(rig.Timestamp, isKeyframe: true);
        rig.Play(1);
        fresh.WriteFrame(rig.Timestamp);
        rig.Play(1, keyframeEvery: 1);
        rig.Play(1);

        Assert.Equal([9000L, 9001L, 1061L, 1062L], rig.Sent.Select(packet => packet.Source));
        Assert.Equal(0, fresh.SubscriberCount);
    }

    [Fact]
    public void A_source_that_makes_keyframes_is_asked_for_one_where_its_group_is_too_long()
    {
        var rig = new ForwardingRig(new FastStartOptions { MaxDecodeTime = TimeSpan.FromMilliseconds(20) });
        rig.Fresh = rig.Track;
        rig.JoinAfter(frames: 60);

        Assert.Equal((0, 1), (rig.Sent.Count, rig.Track.KeyframeRequests));
    }

    [Fact]
    public void A_group_that_takes_too_long_is_better_than_nothing()
    {
        var rig = new ForwardingRig(new FastStartOptions { MaxDecodeTime = TimeSpan.FromMilliseconds(20) });
        rig.JoinAfter(frames: 60);
        rig.Advance(50);

        Assert.Equal(ForwardingState.Bursting, rig.Forwarded.State);
        Assert.Equal(1, rig.GroupsTooLong);
    }

    [Fact]
    public void A_packet_for_which_there_is_no_room_leaves_a_gap_that_can_be_filled()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 3);
        rig.Play(3);
        rig.IsBlocked = true;
        rig.Play(1);
        rig.IsBlocked = false;
        rig.Play(1);
        ushort lost = (ushort)(rig.Sent[^1].SequenceNumber - 1);
        Assert.Equal((ushort)(lost - 1), rig.Sent[^2].SequenceNumber);

        rig.Forwarded.OnNack([lost], rig.Now);

        Assert.Equal((1, 1006L), (rig.Stream.Dropped, rig.Sent[^1].Source));
    }

    [Fact]
    public void Forwarding_a_packet_allocates_nothing()
    {
        var rig = new ForwardingRig { Records = false };
        rig.JoinAfter(frames: 30);
        rig.Play(30, packetsPerFrame: 4);
        using PooledBuffer buffer = rig.Room.Pool.Rent(1000);
        Forward(rig.Track, buffer, 5000); // the history has its size now

        AllocationAssert.None(() => Forward(rig.Track, buffer, 1000));
    }

    [Fact]
    public void A_disposed_track_leaves_its_source()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 3);

        rig.Forwarded.Dispose();

        Assert.Equal(0, rig.Track.SubscriberCount);
        Assert.Equal(long.MaxValue, rig.Forwarded.NextDeadline);
    }

    private static void Forward(FakePacketTrack track, PooledBuffer buffer, int packets)
    {
        for (int i = 0; i < packets; i++) track.Write(buffer, 5_000_000 + (i * 100), false, true, 1000);
    }
}
