using System.Buffers.Binary;
using Media;
using Media.Buffers;
using Media.Rtp;
using Rooms;
using Rooms.Tracks;

namespace TestKit;

/// <summary>A track that the test writes packets into; the first eight payload bytes are the source's number.</summary>
public sealed class FakePacketTrack : PacketTrack
{
    private readonly BufferPool _pool;
    private long _next;

    public FakePacketTrack(string id, Publication publication, BufferPool pool, TrackFormat format, long firstNumber = 1000)
        : base(id, publication)
    {
        _pool = pool;
        _next = firstNumber;
        Format = format;
    }

    public int KeyframeRequests { get; private set; }

    public bool Costs { get; init; }

    public bool Answers { get; set; }

    public override bool IsCostly => Costs;

    public override bool AnswersKeyframeRequests => Answers;

    public long NextNumber => _next;

    public override void RequestKeyframe() => KeyframeRequests++;

    public void ChangeFormat(TrackFormat format) => Format = format;

    /// <summary>Writes one frame of several packets, the last one marked.</summary>
    public void WriteFrame(long timestamp, int packets = 1, bool isKeyframe = false, int payloadLength = 100)
    {
        for (int i = 0; i < packets; i++)
            WritePacket(timestamp, isKeyframe && i == 0, i == packets - 1, payloadLength);
    }

    public void WritePacket(long timestamp, bool startsKeyframe, bool marker, int payloadLength = 100)
    {
        using PooledBuffer buffer = _pool.Rent(payloadLength);
        BinaryPrimitives.WriteInt64BigEndian(buffer.Span, _next);
        Write(buffer, timestamp, startsKeyframe, marker, payloadLength);
    }

    public void Write(PooledBuffer buffer, long timestamp, bool startsKeyframe, bool marker, int payloadLength) =>
        Dispatch(new RtpPacket
        {
            Buffer = buffer,
            Offset = 0,
            Length = payloadLength,
            SequenceNumber = _next++,
            Timestamp = timestamp,
            StartsKeyframe = startsKeyframe,
            Marker = marker,
            ArrivalTime = Loop.Now,
        });
}
