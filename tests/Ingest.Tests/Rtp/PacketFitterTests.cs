using System.Collections.Immutable;
using Ingest.Rtp;
using Media;
using Media.Buffers;
using Media.Rtp;
using Media.Rtp.Payloads;
using TestKit;

namespace Ingest.Tests.Rtp;

public sealed class PacketFitterTests : IDisposable
{
    private static readonly ImmutableArray<ImmutableArray<byte>> s_sets = [[0x67, 0x42, 0xC0, 0x1F], [0x68, 0xCE, 0x3C, 0x80]];

    private readonly BufferPool _pool = new();
    private readonly PacketFitter _fitter;
    private readonly List<(long Number, byte[] Payload, bool Marker)> _out = [];

    public PacketFitterTests() => _fitter = new PacketFitter([], _pool);

    [Fact]
    public void Small_packets_pass_as_they_are()
    {
        Fit(_fitter, 5, [0x41, 1, 2]);
        Fit(_fitter, 6, [0x41, 3, 4], marker: true);
        Assert.Equal([5L, 6L], _out.Select(packet => packet.Number));
        Assert.True(_out[1].Marker);
    }

    [Fact]
    public void A_large_packet_becomes_two_and_the_rest_moves_up()
    {
        byte[] unit = Unit(0x65, 1460);
        Fit(_fitter, 5, unit, marker: true);
        Fit(_fitter, 6, [0x41, 1]);
        Assert.Equal([5L, 6L, 7L], _out.Select(packet => packet.Number));
        Assert.All(_out, packet => Assert.True(packet.Payload.Length <= PacketFitter.MaxPayload));
        Assert.Equal([false, true, false], _out.Select(packet => packet.Marker));
        Assert.Equal((0x7c, 0x85), (_out[0].Payload[0], _out[0].Payload[1]));
        Assert.Equal((0x7c, 0x45), (_out[1].Payload[0], _out[1].Payload[1]));
        Assert.Equal(unit[1..], (byte[])[.. _out[0].Payload[2..], .. _out[1].Payload[2..]]);
        Assert.Equal(1, _fitter.Cut);
    }

    [Fact]
    public void A_late_packet_finds_room_for_both_of_its_parts()
    {
        Fit(_fitter, 5, Unit(0x41, 1460));
        Fit(_fitter, 7, [0x41, 7]);
        Fit(_fitter, 6, Unit(0x41, 1460));
        Assert.Equal([5L, 6L, 9L, 7L, 8L], _out.Select(packet => packet.Number));
    }

    [Fact]
    public void A_late_small_packet_fills_the_rest_of_its_place_with_nothing()
    {
        Fit(_fitter, 5, Unit(0x41, 1460));
        Fit(_fitter, 7, [0x41, 7]);
        Fit(_fitter, 6, [0x41, 6]);
        Assert.Equal([5L, 6L, 9L, 7L, 8L], _out.Select(packet => packet.Number));
        Assert.Empty(_out[^1].Payload);
    }

    [Fact]
    public void Parameter_sets_of_the_description_stand_before_each_keyframe()
    {
        using var fitter = new PacketFitter(s_sets, _pool);
        Fit(fitter, 1, [0x65, 1], isKeyframe: true);
        Fit(fitter, 2, [0x41, 2]);
        Fit(fitter, 3, [0x65, 3], isKeyframe: true);
        Assert.Equal([1L, 2L, 3L, 4L, 5L], _out.Select(packet => packet.Number));
        byte[] sets = [0x78, 0, 4, 0x67, 0x42, 0xC0, 0x1F, 0, 4, 0x68, 0xCE, 0x3C, 0x80];
        Assert.Equal(sets, _out[0].Payload);
        Assert.Equal(sets, _out[3].Payload);
    }

    [Fact]
    public void A_stream_with_parameter_sets_of_its_own_gets_no_others()
    {
        using var fitter = new PacketFitter(s_sets, _pool);
        byte[] own = [0x67, 0x42, 0xC0, 0x1E, 0xDA, 0x02, 0x80, 0xBF, 0xE5, 0xC0, 0x5A, 0x80, 0x80, 0x80, 0xA0];
        Assert.NotNull(KeyframeProperties.Read(Codec.H264, own));
        Fit(fitter, 1, own, isKeyframe: true);
        Fit(fitter, 2, [0x65, 2]);
        Fit(fitter, 3, [0x65, 3], isKeyframe: true);
        Assert.Equal(3, _out.Count);
    }

    [Fact]
    public void Nothing_is_allocated_and_all_buffers_come_back()
    {
        byte[] large = Unit(0x65, 1460);
        using var fitter = new PacketFitter(s_sets, _pool);
        long number = 0;
        using PooledBuffer buffer = _pool.RentCopy(large);
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                number += i % 10 == 0 ? 2 : 1;
                _ = fitter.Fit(Packet(buffer, number, isKeyframe: i % 5 == 0, marker: true), Codec.H264).Length;
            }
        });
        fitter.Dispose();
        Assert.Equal(1, _pool.Leased);
    }

    public void Dispose() => _fitter.Dispose();

    private static byte[] Unit(byte header, int length)
    {
        byte[] unit = new byte[length];
        new Random(1).NextBytes(unit);
        unit[0] = header;
        return unit;
    }

    private static RtpPacket Packet(PooledBuffer buffer, long number, bool isKeyframe, bool marker) => new()
    {
        Buffer = buffer, Offset = 0, Length = buffer.Length, SequenceNumber = number, Timestamp = number, Marker = marker, StartsKeyframe = isKeyframe,
    };

    private void Fit(PacketFitter fitter, long number, byte[] payload, bool isKeyframe = false, bool marker = false)
    {
        using PooledBuffer buffer = _pool.RentCopy(payload);
        foreach (RtpPacket packet in fitter.Fit(Packet(buffer, number, isKeyframe, marker), Codec.H264))
            _out.Add((packet.SequenceNumber, packet.Slice.ToArray(), packet.Marker));
    }
}
