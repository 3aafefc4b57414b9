using Protocols.Rtcp;

namespace Protocols.Tests.Rtcp;

public sealed class RtcpTests
{
    [Fact]
    public void A_sender_report_compound_is_read_as_it_was_written()
    {
        var info = new SenderInfo(0x11223344, 0xE000000180000000, 90_000, 10, 12_000);
        var block = new ReportBlock(0x55667788, 128, -3, 70_000, 45, 0xABCD0123, 65_536);
        var writer = new RtcpWriter(new byte[200]);
        Assert.True(writer.WriteSenderReport(info, [block, block]));
        Assert.True(writer.WriteSourceDescription(info.Ssrc, "room"u8));
        Assert.True(writer.WriteBye(info.Ssrc));

        var reader = new RtcpReader(writer.Written);
        Assert.True(reader.TryRead(out RtcpPacket packet));
        Assert.True(SenderReport.TryParse(packet, out SenderReport report));
        Assert.Equal(info, report.Info);
        Assert.Equal(2, report.Blocks.Count);
        Assert.Equal(block, report.Blocks[1]);
        Assert.True(reader.TryRead(out packet));
        Assert.True(SourceDescription.TryParse(packet, out SourceDescription description));
        Assert.Equal("room"u8.ToArray(), description.Cname.ToArray());
        Assert.True(reader.TryRead(out packet));
        Assert.True(Bye.TryParse(packet, out Bye bye));
        Assert.Equal(info.Ssrc, bye[0]);
        Assert.False(reader.TryRead(out _));
        Assert.False(reader.IsMalformed);
    }

    [Fact]
    public void A_receiver_report_without_blocks_is_read()
    {
        Assert.True(ReceiverReport.TryParse(First("80C90001" + "0000002A"), out ReceiverReport report));
        Assert.Equal(42u, report.Ssrc);
        Assert.Equal(0, report.Blocks.Count);
    }

    [Fact]
    public void A_nack_lists_the_first_number_and_those_of_its_mask()
    {
        Assert.True(Nack.TryParse(First("81CD0003" + "00000001" + "00000002" + "FFFE8003"), out Nack nack));
        ushort[] lost = new ushort[10];

        Assert.Equal(4, nack.Count);
        Assert.Equal(4, nack.CopyTo(lost));

        Assert.Equal([0xFFFE, 0xFFFF, 0, 14], lost[..4]);
        Assert.Equal(2u, nack.MediaSsrc);
    }

    [Fact]
    public void A_written_nack_lists_the_same_numbers()
    {
        ushort[] lost = [65_530, 65_535, 3, 100, 101, 117, 134];
        var writer = new RtcpWriter(new byte[100]);
        Assert.True(writer.WriteNack(1, 2, lost));
        var reader = new RtcpReader(writer.Written);
        reader.TryRead(out RtcpPacket packet);
        Assert.True(Nack.TryParse(packet, out Nack nack));
        ushort[] read = new ushort[20];
        Assert.Equal(lost.Length, nack.CopyTo(read));
        Assert.Equal(lost, read[..lost.Length]);
    }

    [Fact]
    public void Keyframe_requests_of_both_kinds_are_read()
    {
        var writer = new RtcpWriter(new byte[100]);
        Assert.True(writer.WritePictureLossIndication(1, 2));
        Assert.True(writer.WriteFullIntraRequest(1, 3, 9));
        var reader = new RtcpReader(writer.Written);

        reader.TryRead(out RtcpPacket packet);
        Assert.True(PictureLossIndication.TryParse(packet, out PictureLossIndication indication));
        Assert.Equal(2u, indication.MediaSsrc);
        reader.TryRead(out packet);
        Assert.True(FullIntraRequest.TryParse(packet, out FullIntraRequest request));
        Assert.Equal((3u, (byte)9), request[0]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(250_000)]
    [InlineData(3_000_000)]
    public void A_remb_carries_a_bitrate(long bitrate)
    {
        var writer = new RtcpWriter(new byte[100]);
        Assert.True(writer.WriteRemb(1, bitrate, [5, 6]));
        var reader = new RtcpReader(writer.Written);
        reader.TryRead(out RtcpPacket packet);
        Assert.True(Remb.TryParse(packet, out Remb remb));
        Assert.InRange(remb.BitsPerSecond, bitrate - (bitrate / 1000), bitrate);
    }

    [Fact]
    public void A_receiver_reference_time_is_found_behind_an_unknown_block()
    {
        Assert.True(ExtendedReport.TryParse(
            First("80CF0006" + "00000007" + "63000001" + "00000000" + "04000002" + "0102030405060708"), out ExtendedReport report));
        Assert.Equal(new ExtendedReport(7, 0x0102030405060708), report);
    }

    [Fact]
    public void Padding_is_not_part_of_the_body()
    {
        Assert.Equal(4, First("A0C90002" + "00000001" + "00000004").Body.Length);
    }

    [Theory]
    [InlineData("80C9")]
    [InlineData("80C90002" + "00000001")] // longer than the datagram
    [InlineData("40C90001" + "00000001")] // version 1
    [InlineData("A0C90001" + "00000009")] // more padding than packet
    [InlineData("A0C90001" + "00000000")] // padding of nothing
    public void What_is_not_rtcp_ends_the_compound(string hex)
    {
        var reader = new RtcpReader(Convert.FromHexString(hex));
        Assert.False(reader.TryRead(out _));
        Assert.True(reader.IsMalformed);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(200, true)]
    [InlineData(206, true)]
    [InlineData(96, false)]
    [InlineData(96 | 0x80, false)]
    [InlineData(39, false)]
    [InlineData(39 | 0x80, false)]
    public void Rtcp_is_told_from_rtp_by_its_second_byte(byte second, bool expected)
    {
        Assert.Equal(expected, RtcpPacket.IsRtcp([0x80, second, 0, 1, 0, 0, 0, 0]));
    }

    [Fact]
    public void Ntp_time_counts_from_1900()
    {
        ulong ntp = SenderInfo.ToNtpTime(new DateTimeOffset(1970, 1, 1, 0, 0, 0, 500, TimeSpan.Zero));
        Assert.Equal((2_208_988_800UL << 32) | 0x8000_0000, ntp);
    }

    [Fact]
    public void What_does_not_fit_is_not_written()
    {
        var writer = new RtcpWriter(new byte[30]);
        Assert.True(writer.WriteBye(1));
        Assert.False(writer.WriteSenderReport(default));
        Assert.Equal(8, writer.Length);
    }

    private static RtcpPacket First(string hex)
    {
        var reader = new RtcpReader(Convert.FromHexString(hex));
        Assert.True(reader.TryRead(out RtcpPacket packet));
        return packet;
    }
}
