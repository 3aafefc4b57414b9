using Egress.WebRtc;
using Media.Scheduling;
using static Egress.Tests.WebRtc.ForwardingRig;

namespace Egress.Tests.WebRtc;

public sealed class FastStartTests
{
    private const uint Shift = 20 * 90_000;

    [Fact]
    public void The_cached_group_is_sent_from_its_keyframe_on()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 30, packetsPerFrame: 2);

        rig.Advance(150);

        Assert.Equal(Enumerable.Range(1000, 60).Select(i => (long)i), rig.Sent.Select(packet => packet.Source));
    }

    [Fact]
    public void The_keyframe_leaves_at_once()
    {
        var rig = new ForwardingRig();
        rig.Forwarded.Attach(rig.Track, rig.Now);
        rig.Track.WriteFrame(rig.Timestamp, packets: 40, isKeyframe: true);
        rig.Advance(30);
        rig.Track.WriteFrame(rig.Timestamp + FrameTicks);
        rig.Advance(3);

        rig.Forwarded.Start(rig.Now);

        Assert.Equal(40, rig.Sent.Count);
    }

    [Fact]
    public void The_burst_is_paced_at_ten_times_real_time()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 30);
        long start = rig.Now;

        rig.Advance(150);

        for (int i = 0; i < 30; i++)
            Assert.Equal(i * 1000 / 30.0 / 10, (rig.Sent[i].Time - start) / (double)MonotonicClock.TicksPerMillisecond, 0.01);
    }

    [Fact]
    public void The_burst_keeps_the_original_spacing_of_timestamps()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 30);

        rig.Advance(150);

        for (int i = 1; i < 30; i++) Assert.Equal((uint)FrameTicks, rig.Sent[i].Timestamp - rig.Sent[i - 1].Timestamp);
    }

    [Fact]
    public void The_first_frame_in_real_time_jumps_to_the_true_timestamp()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 30);
        rig.Play(30);

        int jumps = 0;
        for (int i = 1; i < rig.Sent.Count; i++)
        {
            uint step = rig.Sent[i].Timestamp - rig.Sent[i - 1].Timestamp;
            if (step == FrameTicks + Shift) jumps++;
            else Assert.Equal((uint)FrameTicks, step);
        }

        Assert.Equal(1, jumps);
        Assert.Equal(ForwardingState.Live, rig.Forwarded.State);
        Assert.Equal(60, rig.Sent.Count);
    }

    [Fact]
    public void Frames_that_come_during_the_burst_go_to_its_end_with_the_same_shift()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 90); // three seconds: 300 ms of burst, nine new frames meanwhile

        rig.Play(30);

        int jump = rig.Sent.FindIndex(1, packet => packet.Timestamp - rig.Sent[0].Timestamp > Shift);
        Assert.InRange(jump, 98, 102);
        Assert.Equal(rig.Sent.Select(packet => packet.Source).Order(), rig.Sent.Select(packet => packet.Source));
    }

    [Fact]
    public void The_rest_of_a_frame_that_the_burst_has_begun_keeps_the_shift()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 3);
        rig.Track.WritePacket(rig.Timestamp, startsKeyframe: false, marker: false);
        rig.Advance(20);
        rig.Track.WritePacket(rig.Timestamp, startsKeyframe: false, marker: true);
        rig.Track.WriteFrame(rig.Timestamp + FrameTicks);

        Assert.Equal(rig.Sent[3].Timestamp, rig.Sent[4].Timestamp);
        Assert.Equal(FrameTicks + Shift, rig.Sent[5].Timestamp - rig.Sent[4].Timestamp);
    }

    [Fact]
    public void Sequence_numbers_have_no_gap_where_the_burst_ends()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 30, packetsPerFrame: 3);
        rig.Play(30, packetsPerFrame: 3);

        for (int i = 1; i < rig.Sent.Count; i++)
        {
            Assert.Equal((ushort)(rig.Sent[i - 1].SequenceNumber + 1), rig.Sent[i].SequenceNumber);
            Assert.Equal((ushort)(rig.Sent[i - 1].TransportNumber + 1), rig.Sent[i].TransportNumber);
        }
    }

    [Fact]
    public void A_new_keyframe_goes_to_the_end_of_the_burst_as_well()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 90);
        rig.Advance(100);
        rig.Play(1, packetsPerFrame: 2, keyframeEvery: 1);
        Assert.Equal(ForwardingState.Bursting, rig.Forwarded.State);

        rig.Play(30);

        Assert.Equal(Enumerable.Range(1000, 122).Select(i => (long)i), rig.Sent.Select(packet => packet.Source));
        Assert.Equal(ForwardingState.Live, rig.Forwarded.State);
    }

    [Fact]
    public void No_more_than_a_portion_leaves_in_one_go()
    {
        var rig = new ForwardingRig();
        rig.Forwarded.Attach(rig.Track, rig.Now);
        rig.Track.WriteFrame(rig.Timestamp, packets: 400, isKeyframe: true);

        rig.Forwarded.Start(rig.Now);
        Assert.Equal(150, rig.Sent.Count);
        rig.Advance(10);
        Assert.Equal(300, rig.Sent.Count);
        rig.Advance(10);
        Assert.Equal(400, rig.Sent.Count);
    }

    [Fact]
    public void A_long_burst_stays_below_the_speed_that_overflows_receivers()
    {
        var rig = new ForwardingRig(new FastStartOptions { Speed = 40 });
        rig.JoinAfter(frames: 300, packetsPerFrame: 6);
        long start = rig.Now;

        rig.Advance(495);
        Assert.Equal(ForwardingState.Bursting, rig.Forwarded.State);
        Assert.InRange(rig.Sent.Count, 296 * 6, 299 * 6);
        Assert.Equal(1000 / 30.0 / 20, (rig.Sent[6].Time - start) / (double)MonotonicClock.TicksPerMillisecond, 0.01);
    }

    [Fact]
    public void Loss_slows_the_burst_down()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 60);
        rig.Advance(50);
        int before = rig.Sent.Count;

        rig.Forwarded.OnLoss(rig.Now);
        rig.Advance(50);

        Assert.InRange(rig.Sent.Count - before, 7, 8); // 250 ms of video in 50 ms
    }

    [Fact]
    public void Without_shift_the_burst_has_the_true_timestamps()
    {
        var rig = new ForwardingRig(new FastStartOptions { ShiftSeconds = 0 });
        rig.JoinAfter(frames: 30);
        rig.Play(10);

        for (int i = 1; i < rig.Sent.Count; i++)
            Assert.Equal((uint)FrameTicks, rig.Sent[i].Timestamp - rig.Sent[i - 1].Timestamp);
    }

    [Fact]
    public void Two_viewers_have_their_own_place_numbers_and_timestamps()
    {
        var room = new TestKit.TestRoom();
        var first = new ForwardingRig(room: room, seed: 1);
        var second = new ForwardingRig(room: room, seed: 2);
        first.JoinAfter(frames: 60);
        first.Advance(20);
        second.Forwarded.Attach(first.Track, second.Now);
        second.Forwarded.Start(second.Now);

        first.Play(30);

        Assert.Equal(first.Sent.Select(packet => packet.Source), second.Sent.Select(packet => packet.Source));
        Assert.Equal(ForwardingState.Live, second.Forwarded.State);
        Assert.NotEqual(first.Sent[0].SequenceNumber, second.Sent[0].SequenceNumber);
        Assert.NotEqual(first.Sent[0].Timestamp, second.Sent[0].Timestamp);
    }

    [Fact]
    public void A_viewer_that_the_source_has_run_away_from_waits_for_a_keyframe()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 10);
        for (int i = 0; i < 40_000; i++) rig.Track.WritePacket(rig.Timestamp + 1, startsKeyframe: false, marker: true, 20);

        rig.Advance(100);

        Assert.Equal(ForwardingState.Waiting, rig.Forwarded.State);
        Assert.Equal(1, rig.Track.KeyframeRequests);
    }
}
