using Egress.WebRtc;
using Media.Buffers;
using Rooms;
using TestKit;
using static Egress.Tests.WebRtc.ForwardingRig;

namespace Egress.Tests.WebRtc;

/// <summary>What was lost on the way comes again, but never too much of it.</summary>
public sealed class ForwardedTrackRepairTests
{
    [Fact]
    public void A_lost_packet_of_the_burst_comes_again_with_the_timestamp_it_had()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 30);
        rig.Play(10);
        SentPacket lost = rig.Sent[7];

        rig.Forwarded.OnNack([lost.SequenceNumber], rig.Now);

        SentPacket again = rig.Sent[^1];
        Assert.Equal((rig.Parameters.RtxSsrc, (byte)97), (again.Ssrc, again.PayloadType));
        Assert.Equal(lost.SequenceNumber, again.OriginalNumber);
        Assert.Equal((lost.Timestamp, lost.Source, lost.Marker), (again.Timestamp, again.Source, again.Marker));
    }

    [Fact]
    public void Retransmissions_count_their_own_sequence_numbers()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 10);
        rig.Play(10);
        ushort[] lost = [rig.Sent[3].SequenceNumber, rig.Sent[15].SequenceNumber];

        rig.Forwarded.OnNack(lost, rig.Now);

        Assert.Equal(lost, rig.Sent[^2..].Select(packet => packet.OriginalNumber));
        Assert.Equal((ushort)(rig.Sent[^2].SequenceNumber + 1), rig.Sent[^1].SequenceNumber);
    }

    [Fact]
    public void A_viewer_that_was_cut_off_begins_anew_instead_of_getting_all_that_it_missed()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 10);
        rig.Play(100);
        ushort[] lost = [.. rig.Media.Skip(20).Take(80).Select(packet => packet.SequenceNumber)];

        rig.Forwarded.OnNack(lost, rig.Now);

        Assert.Equal(0, rig.Stream.Retransmitted);
        Assert.Equal(ForwardingState.Bursting, rig.Forwarded.State);
        long due = rig.Forwarded.NextDeadline;
        rig.Forwarded.OnNack(lost, rig.Now); // still of the outage: no reason to go slower
        rig.Forwarded.OnLoss(rig.Now);
        Assert.Equal(due, rig.Forwarded.NextDeadline);
    }

    [Fact]
    public void A_request_from_before_a_new_beginning_neither_repairs_nor_begins_once_more()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 10);
        rig.Play(100);
        ushort lost = rig.Media.Skip(20).First().SequenceNumber;
        Assert.True(rig.Stream.IsFromBeforeAnOutage([lost], rig.Now));

        rig.Stream.BeginAnew();

        Assert.False(rig.Stream.IsFromBeforeAnOutage([lost], rig.Now));
        Assert.Equal(RetransmissionResult.NotNeeded, rig.Stream.Retransmit(lost, rig.Now));
    }

    [Fact]
    public void On_a_lossy_line_repairs_are_sent_twice()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 10);
        rig.Play(10);
        ushort lost = rig.Sent[15].SequenceNumber;
        Assert.False(rig.Stream.IsLineLossy);
        for (int i = 0; i < 10; i++) rig.Stream.OnLost(26, total: 0); // a tenth
        Assert.True(rig.Stream.IsLineLossy);

        rig.Forwarded.OnNack([lost], rig.Now);

        Assert.Equal([lost, lost], rig.Sent[^2..].Select(packet => packet.OriginalNumber));
        Assert.Equal((ushort)(rig.Sent[^2].SequenceNumber + 1), rig.Sent[^1].SequenceNumber);
    }

    [Fact]
    public void Without_RTX_the_packet_itself_is_sent_again()
    {
        var rig = new ForwardingRig(parameters: new RtpStreamParameters(0x1111, 96, 90_000));
        rig.Stream.MayResend = true;
        rig.JoinAfter(frames: 10);
        rig.Play(5);
        SentPacket lost = rig.Sent[4];

        rig.Forwarded.OnNack([lost.SequenceNumber], rig.Now);

        Assert.Equal(lost.Bytes, rig.Sent[^1].Bytes);
    }

    [Fact]
    public void Without_RTX_nothing_is_sent_again_under_a_cipher_that_forbids_it()
    {
        var rig = new ForwardingRig(parameters: new RtpStreamParameters(0x1111, 96, 90_000));
        rig.JoinAfter(frames: 10);
        rig.Play(5);

        rig.Forwarded.OnNack([rig.Sent[4].SequenceNumber], rig.Now);

        Assert.Equal(15, rig.Sent.Count);
    }

    [Fact]
    public void One_packet_is_not_sent_again_twice_within_three_quarters_of_a_round_trip()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 10);
        rig.Play(5);
        ushort lost = rig.Sent[4].SequenceNumber;
        rig.Stream.OnRoundTrip(TimeSpan.FromMilliseconds(50).Ticks);

        rig.Forwarded.OnNack([lost, lost], rig.Now);
        rig.Advance(36);
        rig.Forwarded.OnNack([lost], rig.Now);
        Assert.Equal(1, rig.Stream.Retransmitted);
        rig.Advance(4);
        rig.Forwarded.OnNack([lost], rig.Now);

        Assert.Equal(2, rig.Stream.Retransmitted);
    }

    [Fact]
    public void What_was_sent_in_another_format_is_sent_again_in_that_one()
    {
        var rig = new ForwardingRig();
        rig.JoinAfter(frames: 10);
        rig.Play(10);
        var other = new FakePacketTrack("other", rig.Publication, rig.Room.Pool, TestKit.TestRoom.VideoFormat);
        rig.Stream.Use(new RtpRewriter(rig.Parameters with { PayloadType = 100, RtxPayloadType = 101 }));
        rig.Forwarded.Attach(other, rig.Now);
        SentPacket before = rig.Sent[^1];
        other.WriteFrame(rig.Timestamp, packets: 2, isKeyframe: true);
        SentPacket[] after = [.. rig.Sent[^2..]];
        Assert.All(after, packet => Assert.Equal(100, packet.PayloadType));
        Assert.Equal((ushort)(before.SequenceNumber + 1), after[0].SequenceNumber);

        rig.Forwarded.OnNack([before.SequenceNumber, after[0].SequenceNumber], rig.Now);

        Assert.Equal(
            [(97, before.SequenceNumber), (101, after[0].SequenceNumber)],
            rig.Sent[^2..].Select(packet => ((int)packet.PayloadType, packet.OriginalNumber)));
    }
}
