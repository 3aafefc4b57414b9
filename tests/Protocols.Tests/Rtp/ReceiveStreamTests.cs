using Media.Scheduling;
using Protocols.Rtcp;
using Protocols.Rtp;

namespace Protocols.Tests.Rtp;

public sealed class ReceiveStreamTests
{
    private const long Millisecond = MonotonicClock.TicksPerMillisecond;

    private readonly ReceiveStream _stream = new(7);
    private long _now = 1000 * Millisecond;

    private Arrival Take(int number, uint timestamp = 0) =>
        _stream.OnPacket((ushort)number, timestamp, 90_000, _now, out _);

    [Fact]
    public void Numbers_are_extended_over_the_wrap()
    {
        _stream.OnPacket(65_535, 0, 90_000, _now, out long first);
        _stream.OnPacket(0, 0, 90_000, _now, out long second);
        Assert.Equal(1, second - first);
        Assert.Equal(0x0001_0000u, _stream.Report(_now).HighestSequenceNumber);
    }

    [Fact]
    public void Late_packets_are_taken_once_and_duplicates_never()
    {
        Assert.Equal(
            [Arrival.Newest, Arrival.Newest, Arrival.Late, Arrival.Duplicate, Arrival.Duplicate, Arrival.Late],
            [Take(10), Take(12), Take(11), Take(11), Take(12), Take(9)]);
        Assert.Equal(2, _stream.Duplicates);
        Assert.Equal(0, _stream.PacketsLost);
    }

    [Fact]
    public void Reports_tell_the_loss_of_the_last_interval_and_of_all_time()
    {
        for (int i = 0; i < 100; i++)
            if (i % 4 != 1) Take(i);
        ReportBlock first = _stream.Report(_now);
        Assert.Equal((25, 64), (first.CumulativeLost, first.FractionLost));
        for (int i = 100; i < 200; i++) Take(i);
        ReportBlock second = _stream.Report(_now);
        Assert.Equal((25, 0, 199u), (second.CumulativeLost, second.FractionLost, second.HighestSequenceNumber));
    }

    [Fact]
    public void A_retransmission_fills_a_hole_and_stays_out_of_the_report()
    {
        Take(1);
        Take(3);
        Assert.Equal(Arrival.Late, _stream.OnRetransmission(2, out _));
        Assert.Equal(Arrival.Duplicate, _stream.OnRetransmission(2, out _));
        Assert.Equal(Arrival.Duplicate, Take(2));
        Assert.Equal(Arrival.TooOld, _stream.OnRetransmission(4, out _));
        Assert.Equal(1, _stream.Report(_now).CumulativeLost);
        Assert.Equal(1, _stream.PacketsRecovered);
    }

    [Fact]
    public void One_stray_packet_is_ignored_and_two_in_a_row_are_a_restart()
    {
        for (int i = 0; i < 50; i++) Take(i);
        Assert.Equal(Arrival.Jumped, Take(20_000));
        Assert.Equal(Arrival.Newest, Take(50));
        Assert.Equal(Arrival.Jumped, Take(20_001));
        Assert.Equal(Arrival.Restarted, Take(20_002));
        Assert.Equal(Arrival.Newest, Take(20_003));
        ReportBlock report = _stream.Report(_now);
        Assert.Equal((0, 20_003u), (report.CumulativeLost, report.HighestSequenceNumber));
    }

    [Fact]
    public void Even_arrivals_have_no_jitter_and_uneven_ones_the_jitter_of_the_rfc()
    {
        for (int i = 0; i < 100; i++, _now += 20 * Millisecond) Take(i, (uint)(i * 1800));
        Assert.Equal(0u, _stream.Jitter);
        for (int i = 100; i < 1000; i++, _now += (i % 2 == 0 ? 10 : 30) * Millisecond) Take(i, (uint)(i * 1800));
        // Each transit differs by 10 ms from the one before: J goes to D = 900 ticks.
        Assert.InRange(_stream.Jitter, 850u, 900u);
    }

    [Fact]
    public void Last_report_and_delay_let_the_sender_measure_the_round_trip()
    {
        Take(1);
        Assert.Equal((0u, 0u), (_stream.Report(_now).LastSenderReport, _stream.Report(_now).DelaySinceLastSenderReport));
        _stream.OnSenderReport(new SenderInfo(7, 0x1122_3344_5566_7788, 0, 0, 0), _now);
        _now += 500 * Millisecond;
        ReportBlock report = _stream.Report(_now);
        Assert.Equal((0x3344_5566u, 32_768u), (report.LastSenderReport, report.DelaySinceLastSenderReport));
    }
}
