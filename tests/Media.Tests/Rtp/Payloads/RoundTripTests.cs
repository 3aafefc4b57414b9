using Media.Buffers;
using Media.Codecs;
using Media.Rtp;
using Media.Rtp.Payloads;
using Media.Tests.Codecs;
using TestKit;

namespace Media.Tests.Rtp.Payloads;

public sealed class RoundTripTests : IDisposable
{
    private readonly BufferPool _pool = new();
    private readonly LeakCheck _leaks;
    private readonly PacketList _list = new();

    public RoundTripTests() => _leaks = new LeakCheck(_pool);

    public void Dispose()
    {
        _list.Dispose();
        _leaks.Dispose();
    }

    // Every size around the edges of one to four packets, then ever larger ones up to 300,000.
    private static IEnumerable<int> Sizes()
    {
        for (int i = 1; i <= 4700; i += i is > 100 and < 1100 or > 1200 and < 2250 ? 37 : 1) yield return i;
        for (int i = 5000; i <= 300_000; i += 4999) yield return i;
        yield return 300_000;
    }

    private void AssertSurvives(IPacketizer packetizer, IDepacketizer depacketizer, in MediaFrame sent)
    {
        _list.Clear();
        _list.Take(packetizer, sent);
        int frames = 0;
        foreach (RtpPacket packet in _list.Packets)
        {
            Assert.InRange(packet.PayloadLength, 1, PayloadSize.Default);
            if (!depacketizer.TryDepacketize(packet, out MediaFrame received)) continue;
            frames++;
            Assert.True(sent.Data.SequenceEqual(received.Data));
            Assert.Equal(
                (sent.PresentationTime, sent.IsKeyframe, sent.IsDiscardable),
                (received.PresentationTime, received.IsKeyframe, received.IsDiscardable));
            received.Release();
        }

        Assert.Equal(1, frames);
        Assert.Equal(0, depacketizer.DroppedFrames);
    }

    [Fact]
    public void H264_frames_of_any_size_survive()
    {
        var stream = new H264Stream();
        Assert.True(stream.TryConfigure(Samples.Hex(Samples.AvcConfiguration)));
        using var packetizer = new H264Packetizer(pool: _pool);
        using var depacketizer = new H264Depacketizer(_pool);
        long time = 0;
        foreach (int size in Sizes())
        {
            bool isKeyframe = time == 0 || size % 5 == 0;
            byte[] first = new byte[size];
            new Random(size).NextBytes(first);
            first[0] = isKeyframe ? (byte)0x65 : (byte)0x41;
            byte[][] units = size % 3 == 0 ? [first, [.. first[..((size + 1) / 2)]]] : [first];
            MediaFrame frame = PacketList.Frame(
                _pool, stream.Format!, Samples.LengthPrefixed(4, units), isKeyframe, time += 3000);
            AssertSurvives(packetizer, depacketizer, frame);
            frame.Release();
        }
    }

    [Fact]
    public void Vp8_frames_of_any_size_survive()
    {
        var format = new TrackFormat { Codec = Codec.Vp8, ClockRate = 90_000 };
        var packetizer = new Vp8Packetizer(firstPictureId: 32_760);
        using var depacketizer = new Vp8Depacketizer(_pool);
        long time = 0;
        foreach (int size in Sizes().Where(size => size >= 10))
        {
            bool isKeyframe = time == 0 || size % 5 == 0;
            byte[] data = new byte[size];
            new Random(size).NextBytes(data);
            Convert.FromHexString("d01b009d012a80026801").CopyTo(data, 0);
            if (!isKeyframe) data[0] = 0xd1;
            MediaFrame frame = PacketList.Frame(_pool, format, data, isKeyframe, time += 3000, isDiscardable: size % 7 == 0);
            AssertSurvives(packetizer, depacketizer, frame);
            frame.Release();
        }
    }

    [Fact]
    public void Opus_packets_survive_in_their_own_buffer()
    {
        var format = new TrackFormat { Codec = Codec.Opus, ClockRate = 48_000, Channels = 2 };
        var packetizer = new OpusPacketizer();
        using var depacketizer = new OpusDepacketizer(_pool);
        for (int size = 1; size <= 1150; size += 13)
        {
            byte[] data = new byte[size];
            data[0] = 0xfc;
            MediaFrame frame = PacketList.Frame(_pool, format, data, isKeyframe: true, size * 960);
            AssertSurvives(packetizer, depacketizer, frame);
            frame.Release();
        }
    }

    [Fact]
    public void An_opus_packet_that_fits_nowhere_is_left_out_and_counted()
    {
        var packetizer = new OpusPacketizer();
        MediaFrame frame = PacketList.Frame(
            _pool, new TrackFormat { Codec = Codec.Opus, ClockRate = 48_000 }, new byte[1151], isKeyframe: true);
        _list.Take(packetizer, frame);
        frame.Release();
        Assert.Empty(_list.Packets);
        Assert.Equal(1, packetizer.OversizedFrames);
    }

    [Fact]
    public void Vp9_pictures_of_any_size_survive()
    {
        var format = new TrackFormat { Codec = Codec.Vp9, ClockRate = 90_000, Video = new VideoProperties(640, 360, 0) };
        var packetizer = new Vp9Packetizer(firstPictureId: 32_760);
        using var depacketizer = new Vp9Depacketizer(_pool);
        long time = 0;
        foreach (int size in Sizes().Where(size => size >= 12))
        {
            bool isKeyframe = time == 0 || size % 5 == 0;
            byte[] data = new byte[size];
            new Random(size).NextBytes(data);
            // Profile 0, shown, 8 bit 4:2:0, 640x360; or one that refers to others
            Convert.FromHexString(isKeyframe ? "824983420027f01678000000" : "86004092").CopyTo(data, 0);
            MediaFrame frame = PacketList.Frame(_pool, format, data, isKeyframe, time += 3000);
            AssertSurvives(packetizer, depacketizer, frame);
            frame.Release();
        }
    }

    [Fact]
    public void Av1_temporal_units_of_any_size_survive()
    {
        var format = new TrackFormat { Codec = Codec.Av1, ClockRate = 90_000 };
        using var packetizer = new Av1Packetizer(pool: _pool);
        using var depacketizer = new Av1Depacketizer(_pool);
        byte[] sequenceHeader = Convert.FromHexString("0a0a0000000227fe6d7c8020");
        long time = 0;
        foreach (int size in Sizes())
        {
            bool isKeyframe = time == 0 || size % 5 == 0;
            var random = new Random(size);
            byte[] data = (size % 4) switch
            {
                0 => Av1Samples.Unit(0x32, size, random),
                1 => [.. Av1Samples.Unit(0x1a, 1 + (size % 20), random), .. Av1Samples.Unit(0x22, size, random), .. Av1Samples.Unit(0x22, size / 2, random)],
                2 => [.. Av1Samples.Unit(0x2a, size % 900, random), .. Av1Samples.Unit(0x32, size, random)],
                _ => [.. Av1Samples.Unit(0x36, size, random, extension: 0x28), .. Av1Samples.Unit(0x36, 700, random, extension: 0x30)],
            };
            if (isKeyframe) data = [.. sequenceHeader, .. data];
            MediaFrame frame = PacketList.Frame(_pool, format, data, isKeyframe, time += 3000);
            AssertSurvives(packetizer, depacketizer, frame);
            frame.Release();
        }
    }

    [Fact]
    public void G711_samples_survive_with_their_times()
    {
        var packetizer = new G711Packetizer();
        using var depacketizer = new G711Depacketizer(Codec.Pcma, _pool);
        for (int size = 1; size <= 8000; size += 7)
        {
            byte[] data = new byte[size];
            new Random(size).NextBytes(data);
            MediaFrame frame = PacketList.Frame(
                _pool, new TrackFormat { Codec = Codec.Pcma, ClockRate = 8000, Channels = 1 }, data, isKeyframe: true, time: 1000);
            _list.Clear();
            _list.Take(packetizer, frame);
            frame.Release();
            var received = new List<byte>();
            foreach (RtpPacket packet in _list.Packets)
            {
                Assert.InRange(packet.PayloadLength, 1, 160);
                Assert.Equal(1000 + received.Count, packet.Timestamp);
                Assert.True(depacketizer.TryDepacketize(packet, out MediaFrame part));
                received.AddRange(part.Data);
                part.Release();
            }

            Assert.Equal(data, received);
        }
    }
}
