using Protocols.Rtcp;

namespace Protocols.Tests.Rtcp;

public sealed class TransportFeedbackTests
{
    [Fact]
    public void Runs_and_vectors_with_small_and_large_deltas_are_read()
    {
        // base 0xFFFE, 5 packets: run of 2 small, then a two-bit vector: lost, large, small
        PacketArrival[] arrivals = Parse("8FCD0007" + "00000001" + "00000002" + "FFFE0005" + "00000103"
            + "2002" + "C900" + "04" + "08" + "FFF0" + "01" + "000000" + "00000000");

        Assert.Equal(
            [
                new PacketArrival(0xFFFE, true, 260),
                new PacketArrival(0xFFFF, true, 268),
                new PacketArrival(0, false, 268),
                new PacketArrival(1, true, 252),
                new PacketArrival(2, true, 253),
            ],
            arrivals);
    }

    [Fact]
    public void One_bit_vectors_are_read()
    {
        PacketArrival[] arrivals = Parse("8FCD0005" + "00000001" + "00000002" + "00010003" + "00000003" + "A800" + "0102");

        Assert.Equal([true, false, true], arrivals.Select(a => a.Received));
        Assert.Equal([1L, 1, 3], arrivals.Select(a => a.Time));
    }

    [Theory]
    [InlineData("8FCD0004" + "00000001" + "00000002" + "00010003" + "00000003")] // no chunk
    [InlineData("8FCD0005" + "00000001" + "00000002" + "00010003" + "00000003" + "2003" + "0102")] // a delta too few
    [InlineData("8FCD0005" + "00000001" + "00000002" + "00010003" + "00000003" + "2000" + "0102")] // a run of nothing
    public void What_does_not_fit_its_length_is_refused(string hex)
    {
        var reader = new RtcpReader(Convert.FromHexString(hex));
        Assert.True(reader.TryRead(out RtcpPacket packet));
        Assert.False(TransportFeedback.TryParse(packet, out _));
    }

    [Fact]
    public void What_a_receiver_writes_is_read_back()
    {
        var random = new Random(11);
        long[] times = new long[200];
        long time = 123_456;
        for (int i = 0; i < times.Length; i++)
        {
            time += random.Next(10) == 0 ? 2000 : random.Next(40);
            times[i] = i > 0 && random.Next(4) == 0 ? -1 : time;
        }

        var writer = new RtcpWriter(new byte[1200]);
        Assert.True(TransportFeedbackBuilder.TryWrite(ref writer, 1, 2, 65_500, 9, times));

        PacketArrival[] arrivals = Parse(Convert.ToHexString(writer.Written));
        Assert.Equal(times.Length, arrivals.Length);
        for (int i = 0; i < times.Length; i++)
        {
            Assert.Equal((ushort)(65_500 + i), arrivals[i].SequenceNumber);
            Assert.Equal(times[i] >= 0, arrivals[i].Received);
            if (arrivals[i].Received) Assert.Equal(times[i], arrivals[i].Time);
        }
    }

    private static PacketArrival[] Parse(string hex)
    {
        var reader = new RtcpReader(Convert.FromHexString(hex));
        Assert.True(reader.TryRead(out RtcpPacket packet));
        Assert.True(TransportFeedback.TryParse(packet, out TransportFeedback feedback));
        var arrivals = new List<PacketArrival>();
        foreach (PacketArrival arrival in feedback) arrivals.Add(arrival);
        return [.. arrivals];
    }
}
