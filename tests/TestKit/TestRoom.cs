using Media;
using Media.Buffers;
using Media.FFmpeg;
using Rooms;
using Rooms.Publishing;

namespace TestKit;

/// <summary>A registry on one or more stepped loops, and frames to write into it.</summary>
public sealed class TestRoom
{
    public static readonly TrackFormat VideoFormat = new()
    {
        Codec = Codec.H264,
        ClockRate = 90_000,
        Video = new VideoProperties(640, 360, 30, Profile: 66),
        ParameterSets = [[0x67, 0x42, 0xC0, 0x1F], [0x68, 0xCE, 0x3C, 0x80]],
    };

    public static readonly TrackFormat AudioFormat = new() { Codec = Codec.Opus, ClockRate = 48_000, Channels = 2 };

    public TestRoom(RoomOptions? options = null, FFmpegLibrary? ffmpeg = null, int loops = 1)
    {
        Loops = new TestLoops(loops);
        Registry = new RoomRegistry(new RoomsContext(options ?? new RoomOptions(), new RoomEvents(), ffmpeg ?? FFmpegLibrary.Missing("not needed")), Loops.All);
    }

    public TestLoops Loops { get; }

    /// <summary>The first loop, or the only one.</summary>
    public TestLoop Test => Loops.First;

    public BufferPool Pool { get; } = new();

    public RoomRegistry Registry { get; }

    public PublishResult Publish(
        IPublisher? publisher = null, string room = "demo", string name = "main", string entrance = "rtmp", string owner = "a")
    {
        PublishResult result = Registry.Publish(new PublishRequest(room, name, entrance, owner), publisher ?? new TestPublisher());
        Loops.Run();
        return result;
    }

    public PublicationWriter PublishOrThrow(IPublisher? publisher = null) =>
        Publish(publisher).Writer ?? throw new InvalidOperationException("The publisher was refused.");

    /// <summary>Writes one frame and runs the loop.</summary>
    public bool Write(
        PublicationWriter writer, TrackFormat format, long decodeTime, bool isKeyframe = false, long? presentationTime = null,
        int length = 100, bool isDiscardable = false)
    {
        PooledBuffer buffer = Pool.Rent(length);
        buffer.Span.Clear();
        if (format.Codec == Codec.H264) WriteSlice(buffer.Span, isKeyframe);
        var frame = new MediaFrame(
            format, buffer, 0, length, decodeTime, presentationTime ?? decodeTime, isKeyframe, isDiscardable);
        bool written = writer.Write(frame);
        frame.Release();
        Loops.Run();
        return written;
    }

    private static void WriteSlice(Span<byte> data, bool isKeyframe)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(data, data.Length - 4);
        data[4] = isKeyframe ? (byte)0x65 : (byte)0x41;
    }
}

/// <summary>Remembers what it was told.</summary>
public sealed class TestPublisher : IPublisher
{
    public CloseReason? Removed { get; private set; }

    public void OnRemoved(CloseReason reason) => Removed = reason;
}
