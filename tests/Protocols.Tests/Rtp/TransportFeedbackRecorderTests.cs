using Media.Scheduling;
using Protocols.Rtcp;
using Protocols.Rtp;

namespace Protocols.Tests.Rtp;

public sealed class TransportFeedbackRecorderTests
{
    private const long Millisecond = MonotonicClock.TicksPerMillisecond;

    private readonly TransportFeedbackRecorder _recorder = new();

    private List<string> Feedback()
    {
        var told = new List<string>();
        byte[] buffer = new byte[1170];
        while (true)
        {
            var writer = new RtcpWriter(buffer);
            if (!_recorder.TryWrite(ref writer, 1, 2)) return told;
            var reader = new RtcpReader(writer.Written);
            Assert.True(reader.TryRead(out RtcpPacket packet));
            Assert.True(TransportFeedback.TryParse(packet, out TransportFeedback feedback));
            string text = $"{feedback.FeedbackCount}:";
            foreach (PacketArrival arrival in feedback) text += arrival.Received ? $" {arrival.SequenceNumber}@{arrival.Time / 4}" : $" {arrival.SequenceNumber}-";
            told.Add(text);
        }
    }

    [Fact]
    public void Arrivals_and_losses_are_told_once_each()
    {
        _recorder.OnPacket(65_534, 1000 * Millisecond);
        _recorder.OnPacket(65_535, 1010 * Millisecond);
        _recorder.OnPacket(1, 1020 * Millisecond);
        Assert.Equal(1050 * Millisecond, _recorder.NextDeadline);
        Assert.Equal(["0: 65534@1000 65535@1010 0- 1@1020"], Feedback());
        Assert.Equal(long.MaxValue, _recorder.NextDeadline);
        Assert.Empty(Feedback());
        _recorder.OnPacket(3, 1100 * Millisecond);
        Assert.Equal(["1: 2- 3@1100"], Feedback());
    }

    [Fact]
    public void A_packet_that_was_told_missing_is_told_again_when_it_comes()
    {
        _recorder.OnPacket(10, 0);
        _recorder.OnPacket(12, 0);
        Feedback();
        _recorder.OnPacket(11, 60 * Millisecond);
        _recorder.OnPacket(11, 70 * Millisecond);
        Assert.Equal(["1: 11@60 12@0"], Feedback());
    }

    [Fact]
    public void Many_packets_are_told_sooner_and_in_several_messages()
    {
        for (int i = 0; i < 100; i++) _recorder.OnPacket((ushort)i, Millisecond);
        Assert.Equal(Millisecond, _recorder.NextDeadline);
        for (int i = 100; i < 900; i++) _recorder.OnPacket((ushort)i, Millisecond);
        Assert.Equal(3, Feedback().Count);
    }

    [Fact]
    public void A_long_pause_is_parted_where_no_delta_can_tell_it()
    {
        _recorder.OnPacket(1, 0);
        _recorder.OnPacket(2, 20_000 * Millisecond);
        Assert.Equal(["0: 1@0", "1: 2@20000"], Feedback());
    }

    [Fact]
    public void A_jump_of_the_numbers_begins_anew()
    {
        _recorder.OnPacket(1, 0);
        _recorder.OnPacket(30_000, 10 * Millisecond);
        Assert.Equal(["0: 30000@10"], Feedback());
        _recorder.OnPacket(29_999, 10 * Millisecond);
        Assert.Empty(Feedback());
    }
}
