using System.Buffers;
using Protocols.Net;

namespace Protocols.Tests.Net;

public sealed class DatagramFramingTests
{
    [Fact]
    public void However_the_stream_is_cut_the_same_datagrams_come_out()
    {
        byte[][] datagrams = [[1], [2, 3], [.. Enumerable.Range(0, 300).Select(i => (byte)i)], [4]];
        byte[] stream = Framed(datagrams);
        for (int first = 0; first <= stream.Length; first++)
        {
            for (int second = first; second <= stream.Length; second += 7)
                Assert.Equal(datagrams, ReadArriving(stream, first, second));
        }
    }

    [Fact]
    public void A_stream_that_comes_byte_by_byte_is_read_as_well()
    {
        byte[][] datagrams = [[1, 2, 3], [4, 5]];
        Assert.Equal(datagrams, ReadArriving(Framed(datagrams), [.. Enumerable.Range(0, 100)]));
    }

    [Fact]
    public void Pieces_of_one_datagram_in_several_segments_are_put_together()
    {
        byte[] stream = Framed([1, 2, 3, 4, 5]);
        ReadOnlySequence<byte> data = Segmented.Of(stream[..1], stream[1..4], [], stream[4..]);
        Assert.Equal(FramingResult.Datagram, DatagramFraming.TryRead(ref data, out ReadOnlySequence<byte> datagram));
        Assert.Equal([1, 2, 3, 4, 5], datagram.ToArray());
        Assert.True(data.IsEmpty);
    }

    [Fact]
    public void Empty_datagrams_are_passed_over()
    {
        var data = new ReadOnlySequence<byte>([0, 0, 0, 0, 0, 1, 9, 0, 0]);
        Assert.Equal(FramingResult.Datagram, DatagramFraming.TryRead(ref data, out ReadOnlySequence<byte> datagram));
        Assert.Equal([9], datagram.ToArray());
        Assert.Equal(FramingResult.Incomplete, DatagramFraming.TryRead(ref data, out _));
        Assert.True(data.IsEmpty);
    }

    [Fact]
    public void What_is_longer_than_any_datagram_of_ours_is_refused_before_it_has_come()
    {
        var longest = new ReadOnlySequence<byte>(Framed(new byte[DatagramFraming.MaxDatagram]));
        Assert.Equal(FramingResult.Datagram, DatagramFraming.TryRead(ref longest, out _));
        var tooLong = new ReadOnlySequence<byte>([(DatagramFraming.MaxDatagram + 1) >> 8, (DatagramFraming.MaxDatagram + 1) & 0xFF]);
        Assert.Equal(FramingResult.TooLong, DatagramFraming.TryRead(ref tooLong, out _));
        var http = new ReadOnlySequence<byte>("GET / HTTP/1.1"u8.ToArray());
        Assert.Equal(FramingResult.TooLong, DatagramFraming.TryRead(ref http, out _));
    }

    private static byte[] Framed(params byte[][] datagrams)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (byte[] datagram in datagrams) DatagramFraming.Write(output, datagram);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads what there is after each of the cuts, keeping what is left as a connection does.</summary>
    private static List<byte[]> ReadArriving(byte[] stream, params int[] cuts)
    {
        var read = new List<byte[]>();
        int consumed = 0;
        foreach (int end in (int[])[.. cuts.Where(cut => cut < stream.Length), stream.Length])
        {
            var data = new ReadOnlySequence<byte>(stream, consumed, end - consumed);
            while (DatagramFraming.TryRead(ref data, out ReadOnlySequence<byte> datagram) == FramingResult.Datagram) read.Add(datagram.ToArray());
            consumed = end - (int)data.Length;
        }

        return read;
    }
}
