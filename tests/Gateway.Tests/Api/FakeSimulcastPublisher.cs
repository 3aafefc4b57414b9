using Media;
using Media.Buffers;
using Media.Rtp;
using Rooms;
using Rooms.Publishing;
using Rooms.Tracks;
using TestKit.WebRtc;

namespace Gateway.Tests.Api;

/// <summary>Publishes VP8 in two encodings, as an entrance for WebRTC would: l (160x90) and h (640x360).</summary>
internal sealed class FakeSimulcastPublisher : IPublisher, IKeyframeSource
{
    private static readonly TrackFormat s_format = new() { Codec = Codec.Vp8, ClockRate = 90_000 };

    private readonly BufferPool _pool = new();
    private readonly PublicationWriter _writer;
    private PacketEncoding[] _encodings = [];
    private int _picture;

    public FakeSimulcastPublisher(RoomRegistry rooms, string room)
    {
        PublishResult result = rooms.Publish(new PublishRequest(room, "main", "whip", "test"), this);
        _writer = result.Writer ?? throw new InvalidOperationException(result.Refusal.ToString());
    }

    public Publication Publication => _writer.Publication;

    public void OnRemoved(CloseReason reason)
    {
    }

    public void RequestKeyframe()
    {
    }

    /// <summary>Writes a keyframe of each encoding, of 200 bytes in h and 100 in l.</summary>
    public Task WriteKeyframesAsync() => Publication.Loop.InvokeAsync(() =>
    {
        if (_encodings.Length == 0) _encodings = [_writer.AddEncoding(s_format, this, "l"), _writer.AddEncoding(s_format, this, "h")];
        _picture++;
        Write(_encodings[0], TestSender.Vp8(_picture, isKeyframe: true, 100, 160, 90));
        Write(_encodings[1], TestSender.Vp8(_picture, isKeyframe: true, 200, 640, 360));
        Publication.Raise(RoomEvent.TrackChanged);
    });

    private void Write(PacketEncoding encoding, byte[] payload)
    {
        using PooledBuffer buffer = _pool.RentCopy(payload);
        encoding.Write(new RtpPacket
        {
            Buffer = buffer, Offset = 0, Length = payload.Length, SequenceNumber = _picture, Timestamp = _picture * 3000L, Marker = true,
            ArrivalTime = Publication.Loop.Now,
        });
    }
}
