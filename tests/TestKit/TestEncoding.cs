using Media;
using Media.Buffers;
using Media.Rtp;
using Media.Scheduling;
using Rooms.Publishing;
using Rooms.Tracks;

namespace TestKit;

/// <summary>One encoding of a WebRTC publisher, written packet by packet: VP8 pictures, or sound.</summary>
public sealed class TestEncoding : IKeyframeSource
{
    private readonly TestRoom _room;
    private readonly int _width;
    private readonly int _height;

    public TestEncoding(
        TestRoom room, PublicationWriter writer, string rid = "", int width = 640, int height = 360, TrackFormat? format = null,
        long firstNumber = 40_000, long firstTimestamp = 123_456_789)
    {
        _room = room;
        (_width, _height) = (width, height);
        Format = format ?? Vp8;
        Encoding = writer.AddEncoding(Format, this, rid);
        Number = firstNumber;
        Timestamp = firstTimestamp;
    }

    public static TrackFormat Vp8 { get; } = new() { Codec = Codec.Vp8, ClockRate = 90_000 };

    public TrackFormat Format { get; }

    public PacketEncoding Encoding { get; }

    /// <summary>The next packet's number and timestamp, as the publisher counts.</summary>
    public long Number { get; set; }

    public long Timestamp { get; set; }

    public int PictureId { get; set; } = 1000;

    public byte Tl0 { get; set; } = 50;

    /// <summary>Added to the loop's time of arrival.</summary>
    public long Delay { get; set; }

    /// <summary>When the publisher was asked for a keyframe.</summary>
    public List<long> Requests { get; } = [];

    void IKeyframeSource.RequestKeyframe() => Requests.Add(_room.Test.Now);

    /// <summary>Writes one picture of several packets.</summary>
    public void WriteFrame(bool isKeyframe = false, int packets = 1, int length = 100)
    {
        for (int i = 0; i < packets; i++) Write(Number++, Payload(isKeyframe, i == 0, length), i == packets - 1);
        NextFrame();
    }

    public void NextFrame()
    {
        Timestamp += Format.Kind == MediaKind.Audio ? Format.ClockRate / 50 : Format.ClockRate / 30;
        PictureId = (PictureId + 1) & 0x7fff;
        Tl0++;
    }

    /// <summary>Writes pictures in real time, 30 a second.</summary>
    public void Play(int frames, bool keyframe = false)
    {
        for (int i = 0; i < frames; i++)
        {
            WriteFrame(keyframe && i == 0);
            _room.Test.Advance(TimeSpan.FromTicks(MonotonicClock.TicksPerSecond / 30));
        }
    }

    /// <summary>Writes one packet as it is.</summary>
    public bool Write(long number, byte[] payload, bool marker = true, long? timestamp = null)
    {
        using PooledBuffer buffer = _room.Pool.RentCopy(payload);
        return Encoding.Write(new RtpPacket
        {
            Buffer = buffer,
            Offset = 0,
            Length = payload.Length,
            SequenceNumber = number,
            Timestamp = timestamp ?? Timestamp,
            Marker = marker,
            ArrivalTime = _room.Test.Now + Delay,
        });
    }

    /// <summary>The payload that a picture's packet would have now.</summary>
    public byte[] Payload(bool isKeyframe, bool isFirst = true, int length = 100)
    {
        byte[] payload = new byte[length];
        if (Format.Kind == MediaKind.Audio)
        {
            payload[0] = 0x78; // Opus: CELT, 20 ms, mono, one frame
            return payload;
        }

        // X, S | I, L | picture id of 15 bits | TL0PICIDX
        byte[] start =
        [
            (byte)(isFirst ? 0x90 : 0x80), 0xC0, (byte)(0x80 | (PictureId >> 8)), (byte)PictureId, Tl0,
            (byte)(isKeyframe ? 0x10 : 0x11), 0x02, 0x00,
        ];
        start.CopyTo(payload, 0);
        if (!isKeyframe || !isFirst) return payload;
        byte[] size = [0x9d, 0x01, 0x2a, (byte)_width, (byte)(_width >> 8), (byte)_height, (byte)(_height >> 8)];
        size.CopyTo(payload, start.Length);
        return payload;
    }
}
