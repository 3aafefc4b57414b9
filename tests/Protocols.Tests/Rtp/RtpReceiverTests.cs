using Media.Buffers;
using Media.Rtp;
using Protocols.Rtcp;
using Protocols.Rtp;
using Protocols.WebRtc;
using TestKit;
using static Protocols.Tests.Rtp.ReceiverFixture;

namespace Protocols.Tests.Rtp;

public sealed class RtpReceiverTests
{
    private const uint Video = 3586388311, Rtx = 2558593224, Audio = 2761748462; // sources of Chromium's plain offer
    private const int TransportCc = 3;

    private readonly ReceiverFixture _fixture = new(ChromiumPlain);

    private void Vp8(int number, uint timestamp = 0, bool isKeyframe = false) => _fixture.Vp8(Video, 96, number, timestamp, isKeyframe);

    [Fact]
    public void The_payload_is_a_slice_of_the_buffer_it_came_in()
    {
        _fixture.Receive(Packet(Video, 96, 5, 900, [0x10, 0, 7, 8], marker: true, padding: 3, Number(TransportCc, 1)));
        Assert.Equal([0x10, 0, 7, 8], _fixture.LastPayload);
        RtpPacket packet = _fixture.Last.Packet;
        Assert.Equal((65_541, 900, true, true, _fixture.Now), (packet.SequenceNumber, packet.Timestamp, packet.Marker, packet.StartsKeyframe, packet.ArrivalTime));
        Assert.Equal(0, _fixture.Pool.Leased);
    }

    [Fact]
    public void Holes_are_asked_for_and_retransmissions_fill_them()
    {
        Vp8(10, 0, true);
        Vp8(13);
        _fixture.Run(10);
        Assert.Equal([$"nack {Video}: 11 12"], _fixture.Rtcp);
        _fixture.Rtx(Rtx, 97, 1, 12, [0x10, 1, 9]);
        _fixture.Rtx(Rtx, 97, 2, 11, [0x10, 1, 8]);
        _fixture.Rtx(Rtx, 97, 3, 11, [0x10, 1, 8]);
        Assert.Equal(["1:65548", "1:65547"], _fixture.Log[^2..]);
        Assert.Equal(1, _fixture.Receiver.Counters.UselessPackets);
        _fixture.Rtcp.Clear();
        _fixture.Run(150);
        Assert.Empty(_fixture.Rtcp);
        Assert.InRange(_fixture.Receiver.RoundTrip, 1, 10 * Millisecond);
    }

    [Fact]
    public void What_never_comes_is_given_up_and_a_keyframe_asked_for()
    {
        Vp8(10, 0, true);
        for (int i = 12; i < 40; i++, _fixture.Run(50)) Vp8(i, (uint)i * 3000);
        Assert.Contains($"pli {Video}", _fixture.Rtcp);
        Assert.InRange(_fixture.Rtcp.Count(line => line.StartsWith("nack", StringComparison.Ordinal)), 5, 10);
        Assert.Equal(1, _fixture.Receiver.Encodings[1].PacketsGivenUp);
    }

    [Fact]
    public void A_loss_before_the_latest_keyframe_needs_no_other_keyframe()
    {
        Vp8(10, 0, true);
        Vp8(12);
        Vp8(13, 3000, true);
        _fixture.Run(2000);
        Assert.DoesNotContain(_fixture.Rtcp, line => line.StartsWith("pli", StringComparison.Ordinal));
    }

    [Fact]
    public void A_stream_that_does_not_begin_with_a_keyframe_is_asked_for_one()
    {
        Vp8(10);
        _fixture.Run(0);
        Assert.Equal([$"pli {Video}"], _fixture.Rtcp);
    }

    [Fact]
    public void Keyframe_requests_of_many_viewers_are_one()
    {
        Vp8(10, 0, true);
        for (int i = 0; i < 100; i++) _fixture.Receiver.RequestKeyframe(_fixture.Receiver.Encodings[1], _fixture.Now);
        _fixture.Run(100);
        Assert.Equal([$"pli {Video}"], _fixture.Rtcp);
        _fixture.Receiver.RequestKeyframe(_fixture.Receiver.Encodings[0], _fixture.Now); // sound has none
        Assert.Single(_fixture.Rtcp);
    }

    [Fact]
    public void An_outage_is_answered_with_a_keyframe_request_and_not_with_a_flood_of_nacks()
    {
        Vp8(10, 0, true);
        _fixture.Run(3000);
        _fixture.Rtcp.Clear();
        Vp8(500);
        _fixture.Run(20);
        Assert.Equal([$"pli {Video}"], _fixture.Rtcp);
        Assert.Equal(489, _fixture.Receiver.Encodings[1].PacketsGivenUp);
    }

    [Fact]
    public void Padding_is_swallowed_and_its_numbers_closed_up()
    {
        Vp8(10, 0, true);
        _fixture.Receive(Packet(Video, 96, 11, 0, [], padding: 200));
        _fixture.Receive(Packet(Video, 96, 12, 0, []));
        Vp8(13);
        Assert.Equal(["1:65546K", "1:65547"], _fixture.Log[1..]);
        Assert.Equal(2, _fixture.Receiver.Counters.EmptyPackets);
    }

    [Fact]
    public void Padding_that_comes_late_fills_its_hole_with_nothing()
    {
        Vp8(10, 0, true);
        _fixture.Receive(Packet(Video, 96, 11, 0, [], padding: 200));
        Vp8(13);
        _fixture.Receive(Packet(Video, 96, 12, 0, [], padding: 200));
        _fixture.Rtx(Rtx, 97, 1, 9, [0x10, 1, 8]);
        Assert.Equal(["1:65546K", "1:65548", "1:65547:0", "1:65545"], _fixture.Log[1..]);
    }

    [Fact]
    public void Probes_on_the_retransmission_source_are_swallowed()
    {
        Vp8(10, 0, true);
        _fixture.Receive(Packet(Rtx, 97, 1, 0, [], padding: 100));
        _fixture.Rtx(Rtx, 97, 2, 10, [0x10, 0, 1, 2]);
        Assert.Equal(2, _fixture.Log.Count);
        Assert.Equal((1, 1), (_fixture.Receiver.Counters.EmptyPackets, _fixture.Receiver.Counters.UselessPackets));
    }

    [Fact]
    public void A_lie_about_the_padding_is_no_payload()
    {
        Vp8(10, 0, true);
        byte[] packet = Packet(Video, 96, 11, 0, [0x10, 1, 1, 200]);
        packet[0] |= 0x20;
        _fixture.Receive(packet);
        Vp8(12);
        Assert.Equal("1:65547", _fixture.Log[^1]);
        Vp8(14);
        packet[3] = 13;
        _fixture.Receive(packet);
        Assert.Equal("1:65548:0", _fixture.Log[^1]);
    }

    [Fact]
    public void Payload_types_that_were_not_agreed_on_leave_no_hole()
    {
        Vp8(10, 0, true);
        _fixture.Receive(Packet(Video, 118, 11, 0, [1, 2, 3]));
        Vp8(12);
        Assert.Equal("1:65547", _fixture.Log[^1]);
        Assert.Equal(1, _fixture.Receiver.Counters.WrongPayloadTypes);
    }

    [Fact]
    public void Only_the_first_packet_of_a_keyframe_says_that_it_starts_one()
    {
        foreach ((int number, byte[] payload) in new (int, byte[])[] { (1, [0x67, 1]), (2, [0x68, 1]), (3, [0x65, 1]), (4, [0x65, 2]) })
            _fixture.Receive(Packet(Video, 102, number, 0, payload));
        _fixture.Receive(Packet(Video, 102, 5, 3000, [0x41, 1]));
        _fixture.Receive(Packet(Video, 102, 6, 6000, [0x65, 1]));
        Assert.Equal(["1:65537K", "1:65538", "1:65539", "1:65540", "1:65541", "1:65542K"], _fixture.Log[1..]);
    }

    [Fact]
    public void Timestamps_are_extended_and_late_ones_stay_where_they_belong()
    {
        Vp8(10, uint.MaxValue - 2999, true);
        Vp8(12, 0);
        long afterWrap = _fixture.Last.Packet.Timestamp;
        Vp8(11, uint.MaxValue - 2999);
        Assert.Equal(3000, afterWrap - _fixture.Last.Packet.Timestamp);
        Assert.Equal(afterWrap + 3000, _fixture.Receiver.Encodings[1].ExtendTimestamp(3000));
    }

    [Fact]
    public void A_restart_of_the_numbers_is_told_and_numbers_go_on_ahead()
    {
        Vp8(10, 0, true);
        Vp8(30_000);
        Vp8(30_001, 0, true);
        Assert.Equal(["started 1", $"1:{(2 * 65_536) + 65_536 + 30_001}K"], _fixture.Log[^2..]);
    }

    [Fact]
    public void Reports_come_at_once_and_then_each_second()
    {
        _fixture.Receive(Packet(Audio, 111, 1, 0, [1]));
        _fixture.Run(200);
        Assert.Equal(["rr 1", "ExtendedReport"], _fixture.Rtcp);
        _fixture.Run(1999);
        Assert.Equal(4, _fixture.Rtcp.Count);
    }

    [Fact]
    public void Compounds_without_reduced_size_begin_with_report_and_description()
    {
        var fixture = new ReceiverFixture(Aiortc);
        fixture.Receive(Packet(1, 99, 1, 0, [0x41, 2, 3]));
        fixture.Run(0);
        Assert.Equal(["rr 0", "SourceDescription", "pli 1"], fixture.Rtcp);
    }

    [Fact]
    public void Without_transport_feedback_the_bitrate_is_told_by_remb()
    {
        var fixture = new ReceiverFixture(Aiortc);
        fixture.Receive(Packet(1, 99, 1, 0, [0x65, 2, 3]));
        fixture.Run(200);
        Assert.Contains("remb 20000", fixture.Rtcp);
        Assert.DoesNotContain("remb", string.Join(' ', _fixture.Rtcp), StringComparison.Ordinal);
    }

    [Fact]
    public void Arrivals_of_all_sources_are_told_together()
    {
        _fixture.Receive(Packet(Audio, 111, 1, 0, [1], extensions: Number(TransportCc, 100)));
        _fixture.Receive(Packet(Video, 96, 1, 0, [0x10, 0, 1], extensions: Number(TransportCc, 101)));
        _fixture.Receive(Packet(Rtx, 97, 1, 0, [], padding: 50, extensions: Number(TransportCc, 103)));
        _fixture.Receive(Packet(12345, 20, 1, 0, [1], extensions: Number(TransportCc, 104)));
        _fixture.Run(50);
        Assert.Equal(["twcc 100+5"], _fixture.Rtcp);
    }

    [Fact]
    public void Reports_of_known_senders_are_passed_on_and_goodbyes_too()
    {
        _fixture.TakeRtcp((ref RtcpWriter writer) => writer.WriteSenderReport(new SenderInfo(Audio, 1, 2, 3, 4)));
        Assert.Equal(1, _fixture.Receiver.Counters.StrangeRtcp); // nothing came from it yet
        _fixture.Receive(Packet(Audio, 111, 1, 0, [1]));
        _fixture.TakeRtcp((ref RtcpWriter writer) =>
        {
            writer.WriteSenderReport(new SenderInfo(Audio, 1, 2, 3, 4));
            writer.WriteSenderReport(new SenderInfo(4711, 1, 2, 3, 4));
            writer.WriteBye(Audio);
        });
        Assert.Equal(["report 0", "bye 0"], _fixture.Log[^2..]);
        Assert.Equal(2, _fixture.Receiver.Counters.StrangeRtcp);
    }

    [Fact]
    public void The_answer_to_our_reference_time_is_the_round_trip()
    {
        uint compact = (uint)(RoundTripTime.ReferenceTime(_fixture.Now) >> 16);
        _fixture.Now += 90 * Millisecond;
        _fixture.TakeRtcp((ref RtcpWriter writer) => writer.WriteDelaySinceLastReceiverReport(1, LocalSsrc, compact, 0));
        Assert.InRange(_fixture.Receiver.RoundTrip, 89 * Millisecond, 91 * Millisecond);
    }

    [Fact]
    public void Voice_levels_are_read()
    {
        _fixture.Receive(Packet(Audio, 111, 1, 0, [1], extensions: (1, [0x80 | 30])));
        Assert.Equal(new AudioLevel(30, true), _fixture.Last.AudioLevel);
    }

    [Fact]
    public void Deadlines_are_announced_when_they_become_sooner()
    {
        Vp8(10, 0, true);
        int before = _fixture.DeadlineChanges;
        Vp8(12);
        Assert.Equal(before + 1, _fixture.DeadlineChanges);
    }

    [Fact]
    public void Receiving_and_feedback_allocate_nothing()
    {
        _fixture.IsQuiet = true;
        int number = 0;
        byte[] packet = Packet(Video, 96, 0, 0, [0x10, 1, 2, 3], extensions: Number(TransportCc, 0));
        byte[] rtx = Packet(Rtx, 97, 0, 0, [0, 0, 0x10, 1, 2, 3], extensions: Number(TransportCc, 0));
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                number++;
                if (number % 10 == 3) continue;
                Send(packet, number);
                if (number % 10 == 5) Send(rtx, number - 2);
                if (i % 50 == 0) _fixture.Run(30);
            }
        });
        Assert.InRange(_fixture.PacketCount, 2000, 6000);
        Assert.True(_fixture.Receiver.Encodings[1].Stream!.PacketsRecovered > 100);

        void Send(byte[] bytes, int value)
        {
            bool isRtx = bytes == rtx;
            int at = isRtx ? bytes.Length - 6 : 2;
            (bytes[at], bytes[at + 1]) = ((byte)(value >> 8), (byte)value);
            (bytes[17], bytes[18]) = ((byte)(number >> 8), (byte)number);
            if (!RtpHeader.TryParse(bytes, out RtpHeader header)) return;
            using PooledBuffer buffer = _fixture.Pool.RentCopy(bytes);
            _fixture.Receiver.Receive(new ReceivedRtp(buffer, bytes.Length, header), _fixture.Now);
        }
    }
}
