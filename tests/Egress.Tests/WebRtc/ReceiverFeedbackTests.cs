using Egress.WebRtc;
using Protocols.Rtcp;
using Rooms;

namespace Egress.Tests.WebRtc;

public sealed class ReceiverFeedbackTests
{
    private readonly ForwardingRig _rig = new();
    private readonly SenderReports _reports;
    private readonly ReceiverFeedback _feedback;

    public ReceiverFeedbackTests()
    {
        _reports = new SenderReports(_rig.Room.Test.Clock, "gateway");
        _feedback = new ReceiverFeedback(_reports);
        _feedback.Add(_rig.Forwarded);
        _rig.JoinAfter(frames: 30);
        _rig.Play(30);
    }

    [Fact]
    public void A_nack_is_served()
    {
        ushort[] lost = [_rig.Sent[5].SequenceNumber, _rig.Sent[6].SequenceNumber];
        Receive((ref RtcpWriter writer) => writer.WriteNack(1, _rig.Parameters.Ssrc, lost));

        Assert.Equal(lost, _rig.Sent[^2..].Select(packet => packet.OriginalNumber));
    }

    [Fact]
    public void A_nack_for_an_unknown_source_is_ignored()
    {
        Receive((ref RtcpWriter writer) => writer.WriteNack(1, 0xDEAD, [_rig.Sent[5].SequenceNumber]));

        Assert.Equal(0, _rig.Stream.Retransmitted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_keyframe_request_starts_the_burst_again(bool fullIntraRequest)
    {
        uint ssrc = _rig.Parameters.Ssrc;
        Receive((ref RtcpWriter writer) => fullIntraRequest
            ? writer.WriteFullIntraRequest(1, ssrc, 1)
            : writer.WritePictureLossIndication(1, ssrc));

        Assert.Equal(ForwardingState.Bursting, _rig.Forwarded.State);
        Assert.Equal(1, _feedback.KeyframeRequests);
    }

    [Fact]
    public void The_round_trip_is_measured_by_sender_and_receiver_reports()
    {
        uint sent = SenderInfo.ToCompact(_reports.NtpTimeAt(_rig.Now));
        _rig.Advance(150);
        var block = new ReportBlock(_rig.Parameters.Ssrc, 0, 3, 0, 0, sent, 65536 / 10); // held for 100 ms

        Receive((ref RtcpWriter writer) => writer.WriteReceiverReport(1, [block]));

        Assert.Equal(50, TimeSpan.FromTicks(_feedback.RoundTrip).TotalMilliseconds, 0.1);
        Assert.Equal(3, _feedback.PacketsLost);
    }

    [Fact]
    public void Loss_in_the_transport_feedback_slows_a_burst_down()
    {
        var rig = new ForwardingRig();
        var feedback = new ReceiverFeedback(_reports);
        feedback.Add(rig.Forwarded);
        rig.JoinAfter(frames: 60);
        rig.Advance(50);
        int before = rig.Sent.Count;
        var writer = new RtcpWriter(new byte[256]);
        Assert.True(TransportFeedbackBuilder.TryWrite(ref writer, 1, 2, 500, 0, [1000, -1, 1010]));
        var reader = new RtcpReader(writer.Written);
        Assert.True(reader.TryRead(out RtcpPacket packet));

        feedback.OnRtcp(packet, rig.Now);
        rig.Advance(50);

        Assert.InRange(rig.Sent.Count - before, 7, 8);
    }

    [Theory]
    [InlineData(0, 250)]
    [InlineData(50, 200)] // so that the round trip that it measures covers the repair of what was lost on the way to us
    [InlineData(300, 0)]
    public void A_viewer_that_tells_its_time_gets_it_back_with_the_time_since_less_what_repairs_take(double repairMilliseconds, double delayMilliseconds)
    {
        _rig.Room.Write(_rig.Writer, TestKit.TestRoom.VideoFormat, 0, isKeyframe: true); // gives the source a time
        Receive((ref RtcpWriter writer) => writer.WriteReceiverReferenceTime(5, 0x0011_2233_4455_6677));
        _rig.Advance(250);
        byte[] buffer = new byte[256];

        var reader = new RtcpReader(buffer.AsSpan(0, _reports.Write(buffer, _rig.Stream, _rig.Publication.Timeline, TimeSpan.FromMilliseconds(repairMilliseconds).Ticks, _rig.Now)));

        for (int i = 0; i < 2; i++) Assert.True(reader.TryRead(out _)); // report and name
        Assert.True(reader.TryRead(out RtcpPacket packet));
        Assert.True(DelaySinceLastReceiverReport.TryParse(packet, 5, out DelaySinceLastReceiverReport answer));
        Assert.Equal(0x2233_4455u, answer.LastReport);
        Assert.Equal(delayMilliseconds * 65.536, answer.Delay, tolerance: 1);
    }

    [Fact]
    public void A_sender_report_gives_the_true_live_time_during_a_burst()
    {
        var rig = new ForwardingRig();
        rig.Room.Write(rig.Writer, TestKit.TestRoom.VideoFormat, 0, isKeyframe: true);
        rig.JoinAfter(frames: 60);
        byte[] buffer = new byte[256];
        var reports = new SenderReports(rig.Room.Test.Clock, "gateway");

        int length = reports.Write(buffer, rig.Stream, rig.Publication.Timeline, 0, rig.Now);

        var reader = new RtcpReader(buffer.AsSpan(0, length));
        Assert.True(reader.TryRead(out RtcpPacket packet));
        Assert.True(SenderReport.TryParse(packet, out SenderReport report));
        // Two seconds after the first frame, whose time is zero; the burst's own timestamps lie 20 s before.
        uint offset = rig.Sent[0].Timestamp - (uint)900_000 + (20 * 90_000);
        Assert.Equal(2 * 90_000, (double)(report.Info.RtpTimestamp - offset), tolerance: 90);
        Assert.Equal(SenderInfo.ToNtpTime(rig.Room.Test.Clock.UtcNow), report.Info.NtpTime);
        Assert.Equal((uint)rig.Sent.Count, report.Info.PacketCount);
        Assert.True(reader.TryRead(out packet));
        Assert.Equal(RtcpPacketType.SourceDescription, packet.Type);
    }

    [Theory]
    [InlineData(false, 1000)]
    [InlineData(true, 10)]
    public void An_encoders_backlog_is_made_good_at_once_before_the_first_report_and_slowly_after_it(bool isReported, int moved)
    {
        var rig = new ForwardingRig();
        Timeline timeline = rig.Publication.Timeline;
        var reports = new SenderReports(rig.Room.Test.Clock, "gateway");
        rig.Room.Write(rig.Writer, TestKit.TestRoom.VideoFormat, 0, isKeyframe: true); // a second old already
        if (isReported) reports.Write(new byte[256], rig.Stream, timeline, 0, rig.Now);
        long before = timeline.MediaTimeAt(rig.Now) - rig.Now;
        for (int i = 1; i <= 75; i++)
        {
            // The backlog comes at once, all else on time.
            if (i > 30) rig.Advance(100 / 3.0);
            rig.Room.Write(rig.Writer, TestKit.TestRoom.VideoFormat, i * 3000L);
            if (isReported) Assert.InRange(timeline.MediaTimeAt(rig.Now) - rig.Now - before, 0, 10 * TimeSpan.TicksPerMillisecond);
        }

        rig.Advance(800);
        rig.Room.Write(rig.Writer, TestKit.TestRoom.VideoFormat, 99 * 3000L);
        Assert.Equal(moved, TimeSpan.FromTicks(timeline.MediaTimeAt(rig.Now) - rig.Now - before).TotalMilliseconds, 1.0);
    }

    private delegate bool Write(ref RtcpWriter writer);

    private void Receive(Write write)
    {
        var writer = new RtcpWriter(new byte[1500]);
        Assert.True(write(ref writer));
        var reader = new RtcpReader(writer.Written);
        while (reader.TryRead(out RtcpPacket packet)) _feedback.OnRtcp(packet, _rig.Now);
    }
}
