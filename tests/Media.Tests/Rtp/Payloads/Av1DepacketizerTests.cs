using Media.Buffers;
using Media.Codecs;
using Media.Rtp;
using Media.Rtp.Payloads;
using TestKit;

namespace Media.Tests.Rtp.Payloads;

public sealed class Av1DepacketizerTests : IDisposable
{
    private readonly BufferPool _pool = new();
    private readonly LeakCheck _leaks;
    private readonly Av1Depacketizer _depacketizer;
    private long _number;

    public Av1DepacketizerTests()
    {
        _leaks = new LeakCheck(_pool);
        _depacketizer = new Av1Depacketizer(_pool);
    }

    public void Dispose()
    {
        _depacketizer.Dispose();
        _leaks.Dispose();
    }

    // Cuts a temporal unit as a sender does: no delimiters, no sizes, fragments that fill the packets.
    private static List<byte[]> Packetize(string unit, int maxPayload, bool hasLengths)
    {
        var packets = new List<byte[]>();
        var current = new List<byte> { 0 };
        byte[] size = new byte[8];
        bool isFirst = true, isContinued = false;
        foreach (byte[] obu in Obus(Convert.FromHexString(unit)))
        {
            for (int at = 0; at < obu.Length;)
            {
                // Without lengths one element fills the packet.
                int overhead = hasLengths ? 2 : 0;
                int room = maxPayload - current.Count - overhead;
                if (room < 1 || (!hasLengths && current.Count > 1))
                {
                    packets.Add([.. current]);
                    current = [(byte)(isContinued ? 0x80 : 0)];
                    continue;
                }

                int length = Math.Min(room, obu.Length - at);
                if (hasLengths)
                {
                    current.AddRange(size.AsSpan(0, Leb128.Write(size, length)));
                }

                current.AddRange(obu.AsSpan(at, length));
                at += length;
                isContinued = at < obu.Length;
                current[0] |= (byte)((hasLengths ? 0 : 0x10) | (isContinued ? 0x40 : 0) | (isFirst && obu[0] >> 3 == Av1Obu.SequenceHeader ? 8 : 0));
                isFirst = false;
            }
        }

        packets.Add([.. current]);
        return packets;
    }

    private static IEnumerable<byte[]> Obus(byte[] unit)
    {
        for (int at = 0; at < unit.Length;)
        {
            Assert.True(Leb128.TryRead(unit.AsSpan(at + 1), out int length, out int size));
            byte[] obu = [(byte)(unit[at] & ~2), .. unit.AsSpan(at + 1 + size, length)];
            at += 1 + size + length;
            if (obu[0] >> 3 != Av1Obu.TemporalDelimiter) yield return obu;
        }
    }

    private (byte[] Data, bool IsKeyframe, TrackFormat Format)? Feed(byte[] payload, long timestamp, bool marker)
    {
        using PooledBuffer buffer = _pool.RentCopy(payload);
        var packet = new RtpPacket
        {
            Buffer = buffer,
            Offset = 0,
            Length = payload.Length,
            SequenceNumber = _number++,
            Timestamp = timestamp,
            Marker = marker,
        };
        if (!_depacketizer.TryDepacketize(packet, out MediaFrame frame)) return null;
        var found = (frame.Data.ToArray(), frame.IsKeyframe, frame.Format);
        frame.Release();
        return found;
    }

    [Theory]
    [InlineData(1150, true)]
    [InlineData(1150, false)]
    [InlineData(200, true)]
    [InlineData(200, false)]
    [InlineData(8, true)]
    [InlineData(8, false)]
    public void Units_cut_in_any_way_come_together_as_files_have_them(int maxPayload, bool hasLengths)
    {
        for (int i = 0; i < 2; i++)
        {
            string unit = Av1Samples.TemporalUnits[i];
            List<byte[]> packets = Packetize(unit, maxPayload, hasLengths);
            for (int j = 0; j < packets.Count - 1; j++) Assert.Null(Feed(packets[j], i, marker: false));
            (byte[] data, bool isKeyframe, TrackFormat format) = Feed(packets[^1], i, marker: true)!.Value;
            Assert.Equal(unit["1200".Length..], Convert.ToHexStringLower(data)); // without the delimiter
            Assert.Equal((i == 0, 32, 32), (isKeyframe, format.Video!.Width, format.Video.Height));
        }

        Assert.Equal(0, _depacketizer.DroppedFrames);
    }

    [Fact]
    public void A_lost_packet_costs_its_unit_and_no_other()
    {
        List<byte[]> key = Packetize(Av1Samples.TemporalUnits[0], 200, hasLengths: true);
        foreach (byte[] packet in key) Feed(packet, 0, packet == key[^1]);
        for (int lost = 0; lost < key.Count; lost++)
        {
            for (int i = 0; i < key.Count; i++)
            {
                if (i == lost) _number++;
                else Assert.Null(Feed(key[i], 1 + (2 * lost), i == key.Count - 1));
            }

            Assert.NotNull(Feed(Packetize(Av1Samples.TemporalUnits[1], 200, hasLengths: false)[0], 2 + (2 * lost), marker: true));
        }

        Assert.Equal(key.Count, _depacketizer.DroppedFrames);
    }

    [Fact]
    public void Size_fields_inside_and_padding_units_are_taken_out()
    {
        Feed(Packetize(Av1Samples.TemporalUnits[0], 1150, hasLengths: true)[0], 0, marker: true);
        // A delimiter with its size, a frame with its size, padding
        byte[] payload = [0x00, 2, 0x12, 0x00, 5, 0x32, 0x03, 1, 2, 3, 3, 0x7a, 1, 0];
        Assert.Equal([0x32, 3, 1, 2, 3], Feed(payload, 1, marker: true)!.Value.Data);
    }

    [Fact]
    public void Units_before_the_first_sequence_header_are_dropped()
    {
        Assert.Null(Feed([0x10, 0x30, 1, 2], 0, marker: true));
        Assert.Equal(1, _depacketizer.DroppedFrames);
    }

    [Fact]
    public void Sequence_headers_with_timing_and_operating_points_tell_the_size()
    {
        Assert.True(Av1SequenceHeader.TryParse(Convert.FromHexString(Av1Samples.TemporalUnits[0]).AsSpan(2), out Av1SequenceHeader plain));
        Assert.Equal((0, 32, 32), (plain.Profile, plain.Width, plain.Height));
        // profile 0; timing info with equal intervals; decoder model with 10-bit delays; two points; 8 bits of size: 200 x 100
        string bits = "000" + "0" + "0" + "1" + new string('0', 64) + "1" + "1" + "1" + "01001" + new string('0', 42) + "0" + "00001"
            + new string('0', 12) + "01000" + "0" + "1" + new string('0', 21) + new string('0', 12) + "00000" + "0"
            + "0111" + "0111" + "11000111" + "01100011" + "0000000";
        byte[] header = [0x08, .. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
        Assert.True(Av1SequenceHeader.TryParse(header, out Av1SequenceHeader full));
        Assert.Equal((0, 200, 100), (full.Profile, full.Width, full.Height));
        Assert.Equal((8, 0), (full.Level, full.Tier));
        Assert.False(Av1SequenceHeader.TryParse(header.AsSpan(0, 12), out _));
    }
}
