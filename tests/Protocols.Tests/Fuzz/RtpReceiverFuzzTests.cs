using Protocols.Rtcp;
using Protocols.Tests.Rtp;
using TestKit;

namespace Protocols.Tests.Fuzz;

public sealed class RtpReceiverFuzzTests
{
    [Theory]
    [InlineData(ReceiverFixture.Chromium)]
    [InlineData(ReceiverFixture.ChromiumPlain)]
    [InlineData(ReceiverFixture.Firefox)]
    [InlineData(ReceiverFixture.Aiortc)]
    public void No_packets_and_no_reports_make_the_receiver_throw(string offer)
    {
        var fixture = new ReceiverFixture(offer);
        using var leaks = new LeakCheck(fixture.Pool);
        Fuzzer.Run(Seeds(), data =>
        {
            fixture.Receive(data);
            var reader = new RtcpReader(data);
            while (reader.TryRead(out RtcpPacket packet)) fixture.Receiver.OnRtcp(packet, fixture.Now);
            fixture.Run(data.Length > 0 ? data[^1] % 40 : 1);
            fixture.Log.Clear();
            fixture.Rtcp.Clear();
        }, rounds: 3000);
    }

    private static IEnumerable<byte[]> Seeds()
    {
        byte[] vp8 = [0x10, 0, 1, 2];
        yield return ReceiverFixture.Packet(1, 96, 1, 0, vp8, false, 0, ReceiverFixture.Text(4, "1"), ReceiverFixture.Text(10, "l"), ReceiverFixture.Number(3, 1));
        yield return ReceiverFixture.Packet(2, 97, 1, 0, [0, 0, .. vp8], false, 0, ReceiverFixture.Text(4, "1"), ReceiverFixture.Text(11, "l"), ReceiverFixture.Number(3, 2));
        yield return ReceiverFixture.Packet(3586388311, 96, 7, 9000, vp8, true, 4, ReceiverFixture.Number(3, 3));
        yield return ReceiverFixture.Packet(3586388311, 45, 8, 9000, [0x18, 0x0a, 0x01, 0x02, 0x32, 0x01]);
        yield return ReceiverFixture.Packet(2558593224, 97, 1, 0, [0, 6, .. vp8]);
        yield return ReceiverFixture.Packet(705422785, 99, 7, 9000, [0x7c, 0x85, 1, 2]);
        var writer = new RtcpWriter(new byte[200]);
        writer.WriteSenderReport(new SenderInfo(3586388311, 1, 2, 3, 4));
        writer.WriteDelaySinceLastReceiverReport(1, ReceiverFixture.LocalSsrc, 2, 3);
        writer.WriteBye(3586388311);
        yield return writer.Written.ToArray();
    }
}
