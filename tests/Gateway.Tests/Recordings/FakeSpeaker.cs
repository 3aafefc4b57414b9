using Media;
using Media.Buffers;
using Rooms;
using Rooms.Publishing;

namespace Gateway.Tests.Recordings;

/// <summary>Publishes sound into a room, faster than it could be spoken.</summary>
internal sealed class FakeSpeaker : IPublisher
{
    private static readonly TrackFormat s_format = new() { Codec = Codec.Opus, ClockRate = 48_000, Channels = 2 };

    private readonly BufferPool _pool = new();
    private readonly PublicationWriter _writer;
    private long _time;

    public FakeSpeaker(RoomRegistry rooms, string room) =>
        _writer = rooms.Publish(new PublishRequest(room, "main", "rtmp", "test"), this).Writer!;

    public void OnRemoved(CloseReason reason)
    {
    }

    /// <summary>A second of sound.</summary>
    public async Task SpeakAsync()
    {
        for (int i = 0; i < 50; i++, _time += 960)
        {
            using PooledBuffer buffer = _pool.RentCopy([0xF8, 0xFF, 0xFE]);
            _writer.Write(new MediaFrame(s_format, buffer, 0, 3, _time, _time, isKeyframe: true));
        }

        await _writer.Publication.Loop.InvokeAsync(static () => { });
    }
}
