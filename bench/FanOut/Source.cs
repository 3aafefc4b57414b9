using Media;
using Media.Buffers;
using Media.Rtp;
using Media.Scheduling;
using Rooms.Publishing;
using Rooms.Tracks;

namespace Bench.FanOut;

/// <summary>A publisher of packets: H.264 in frames of so many packets, or sound. Loop of its publication only.</summary>
internal sealed class Source : IKeyframeSource
{
    private const int FramesPerSecond = 30;

    public static readonly TrackFormat Video = new()
    {
        Codec = Codec.H264, ClockRate = 90_000, Video = new VideoProperties(1280, 720, FramesPerSecond, Profile: 66),
        ParameterSets = [[0x67, 0x42, 0xC0, 0x1F], [0x68, 0xCE, 0x3C, 0x80]],
    };

    private readonly MediaLoop _loop;
    private readonly PacketEncoding _encoding;
    private readonly int _packets;
    private readonly int _length;
    private long _number = 1000;
    private long _timestamp = 90_000;

    public Source(MediaLoop loop, PublicationWriter writer, int packets, int length)
    {
        _loop = loop;
        _encoding = writer.AddEncoding(Video, this);
        (_packets, _length) = (packets, length);
    }

    void IKeyframeSource.RequestKeyframe()
    {
        // The next one comes when the program says so.
    }

    public void WriteFrame(bool isKeyframe)
    {
        for (int i = 0; i < _packets; i++) Write(i, isKeyframe);
        _timestamp += Video.ClockRate / FramesPerSecond;
    }

    // FU-A (RFC 6184 §5.8): start, middles and end of one slice.
    private void Write(int index, bool isKeyframe)
    {
        PooledBuffer buffer = BufferPool.Shared.Rent(_length);
        Span<byte> payload = buffer.Span[.._length];
        payload.Fill((byte)_number);
        bool isLast = index == _packets - 1;
        payload[0] = 0x7C;
        payload[1] = (byte)((isKeyframe ? 5 : 1) | (index == 0 ? 0x80 : 0) | (isLast && index > 0 ? 0x40 : 0));
        payload[2] = 0x88; // first_mb_in_slice 0, an I slice
        _encoding.Write(new RtpPacket
        {
            Buffer = buffer, Offset = 0, Length = _length, SequenceNumber = _number++, Timestamp = _timestamp, Marker = isLast,
            ArrivalTime = _loop.Now,
        });
        buffer.Dispose();
    }
}
