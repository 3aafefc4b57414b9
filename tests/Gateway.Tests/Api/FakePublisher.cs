using Media;
using Media.Buffers;
using Rooms;
using Rooms.Publishing;

namespace Gateway.Tests.Api;

/// <summary>Publishes a few frames into a room, as an entrance would.</summary>
internal sealed class FakePublisher : IPublisher
{
    /// <summary>One NAL unit of an IDR picture behind its length.</summary>
    private static readonly byte[] s_slice = [0, 0, 0, 96, 0x65, .. new byte[95]];

    private readonly BufferPool _pool = new();
    private readonly PublicationWriter _writer;

    public FakePublisher(RoomRegistry rooms, string room, string publication = "main")
    {
        PublishResult result = rooms.Publish(new PublishRequest(room, publication, "rtmp", "test"), this);
        _writer = result.Writer ?? throw new InvalidOperationException(result.Refusal.ToString());
    }

    public TaskCompletionSource<CloseReason> Removed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Publication Publication => _writer.Publication;

    public void OnRemoved(CloseReason reason) => Removed.TrySetResult(reason);

    /// <summary>Writes one video keyframe and waits until the bus has it.</summary>
    public async Task WriteVideoAsync(int reorderFrames = 0)
    {
        var format = new TrackFormat
        {
            Codec = Codec.H264, ClockRate = 90_000, Video = new VideoProperties(640, 360, 30, 100, 0, 31, ReorderFrames: reorderFrames),
        };
        PooledBuffer buffer = _pool.Rent(100);
        s_slice.CopyTo(buffer.Span);
        _writer.Write(new MediaFrame(format, buffer, 0, 100, 0, 0, isKeyframe: true));
        buffer.Dispose();
        await Publication.Loop.InvokeAsync(static () => { });
    }

    /// <summary>Writes a picture and a sound, so that nobody waits for the other of them.</summary>
    public async Task WriteBothAsync()
    {
        var format = new TrackFormat { Codec = Codec.Opus, ClockRate = 48_000, Channels = 2 };
        PooledBuffer buffer = _pool.Rent(3);
        _writer.Write(new MediaFrame(format, buffer, 0, 3, 0, 0, isKeyframe: true));
        buffer.Dispose();
        await WriteVideoAsync();
    }

    public void Leave() => _writer.Close(CloseReason.Left);
}
