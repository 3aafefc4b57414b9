using System.Buffers;
using Protocols.Net;
using Protocols.Tests.Net;
using TestKit;

namespace Protocols.Tests.Fuzz;

public sealed class DatagramFramingFuzzTests
{
    [Fact]
    public void Any_stream_is_cut_into_datagrams_within_the_bound_and_the_same_ones_however_it_is_stored() => Fuzzer.Run(
        [
            [0, 1, 9, 0, 2, 8, 7, 0, 0, 0, 3, 1, 2, 3],
            [0, 20, .. "\x00\x01\x00\x00\x21\x12\xA4\x42"u8.ToArray(), .. new byte[12]],
            [8, 0, .. new byte[2048], 8, 1],
        ],
        static data =>
        {
            List<byte[]> whole = Read(new ReadOnlySequence<byte>(data), out FramingResult last);
            int cut = data.Length / 3;
            List<byte[]> pieces = Read(Segmented.Of(data[..cut], data[cut..(2 * cut)], data[(2 * cut)..]), out FramingResult again);
            Assert.Equal(last, again);
            Assert.Equal(whole, pieces);
            Assert.All(whole, datagram => Assert.InRange(datagram.Length, 1, DatagramFraming.MaxDatagram));
        });

    private static List<byte[]> Read(ReadOnlySequence<byte> data, out FramingResult last)
    {
        var read = new List<byte[]>();
        while ((last = DatagramFraming.TryRead(ref data, out ReadOnlySequence<byte> datagram)) == FramingResult.Datagram) read.Add(datagram.ToArray());
        return read;
    }
}
