using Protocols.Rtcp;
using TestKit;

namespace Protocols.Tests.Fuzz;

public sealed class RtcpReaderFuzzTests
{
    [Fact]
    public void No_bytes_make_the_rtcp_parsers_throw() => Fuzzer.Run(Seeds(), ReadAll);

    private static IEnumerable<byte[]> Seeds()
    {
        byte[] buffer = new byte[1000];
        var writer = new RtcpWriter(buffer);
        var block = new ReportBlock(1, 2, 3, 4, 5, 6, 7);
        writer.WriteSenderReport(new SenderInfo(1, 2, 3, 4, 5), [block, block]);
        writer.WriteReceiverReport(1, [block]);
        writer.WriteSourceDescription(1, "name"u8);
        yield return writer.Written.ToArray();
        writer = new RtcpWriter(buffer);
        writer.WriteNack(1, 2, [1, 2, 3, 100, 200]);
        writer.WritePictureLossIndication(1, 2);
        writer.WriteFullIntraRequest(1, 2, 3);
        writer.WriteRemb(1, 1_000_000, [1, 2]);
        yield return writer.Written.ToArray();
        writer = new RtcpWriter(buffer);
        TransportFeedbackBuilder.TryWrite(ref writer, 1, 2, 3, 4, [1000, 1001, -1, 1300, 1400, -1, -1, -1, 1500]);
        writer.WriteReceiverReferenceTime(1, 2);
        writer.WriteDelaySinceLastReceiverReport(1, 2, 3, 4);
        writer.WriteBye(1);
        yield return writer.Written.ToArray();
    }

    private static void ReadAll(byte[] input)
    {
        Span<ushort> lost = stackalloc ushort[64];
        var reader = new RtcpReader(input);
        while (reader.TryRead(out RtcpPacket packet))
        {
            if (SenderReport.TryParse(packet, out SenderReport sr)) ReadBlocks(sr.Blocks);
            if (ReceiverReport.TryParse(packet, out ReceiverReport rr)) ReadBlocks(rr.Blocks);
            _ = SourceDescription.TryParse(packet, out _);
            if (Nack.TryParse(packet, out Nack nack)) Assert.Equal(Math.Min(64, nack.Count), nack.CopyTo(lost));
            _ = PictureLossIndication.TryParse(packet, out _);
            _ = Remb.TryParse(packet, out _);
            _ = ExtendedReport.TryParse(packet, out _);
            _ = DelaySinceLastReceiverReport.TryParse(packet, 2, out _);
            if (Bye.TryParse(packet, out Bye bye))
                for (int i = 0; i < bye.Count; i++) _ = bye[i];
            if (FullIntraRequest.TryParse(packet, out FullIntraRequest fir))
                for (int i = 0; i < fir.Count; i++) _ = fir[i];
            ReadFeedback(packet);
        }
    }

    private static void ReadBlocks(ReportBlocks blocks)
    {
        for (int i = 0; i < blocks.Count; i++) _ = blocks[i];
    }

    private static void ReadFeedback(in RtcpPacket packet)
    {
        if (!TransportFeedback.TryParse(packet, out TransportFeedback feedback)) return;
        int count = 0;
        foreach (PacketArrival _ in feedback) count++;
        Assert.Equal(feedback.StatusCount, count);
    }
}
