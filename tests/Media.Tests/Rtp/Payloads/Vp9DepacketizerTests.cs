using Media.Buffers;
using Media.Rtp;
using Media.Rtp.Payloads;
using TestKit;

namespace Media.Tests.Rtp.Payloads;

public sealed class Vp9DepacketizerTests : IDisposable
{
    private const string Keyframe = "824983420001f001f6"; // the start of one of 32 x 32

    private readonly BufferPool _pool = new();
    private readonly LeakCheck _leaks;
    private readonly Vp9Depacketizer _depacketizer;
    private long _number;

    public Vp9DepacketizerTests()
    {
        _leaks = new LeakCheck(_pool);
        _depacketizer = new Vp9Depacketizer(_pool);
    }

    public void Dispose()
    {
        _depacketizer.Dispose();
        _leaks.Dispose();
    }

    private (string Data, bool IsKeyframe, TrackFormat Format)? Feed(string hex, long timestamp, bool marker = false)
    {
        byte[] payload = Convert.FromHexString(hex);
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
        var found = (Convert.ToHexStringLower(frame.Data), frame.IsKeyframe, frame.Format);
        frame.Release();
        return found;
    }

    [Fact]
    public void Layers_of_one_picture_become_a_superframe_with_the_size_of_the_largest()
    {
        // L and B, E with V: 320x180 and 640x360; then SID 1, inter-layer predicted
        Assert.Null(Feed("2e" + "00" + "01" + "30" + "014000b4" + "02800168" + Keyframe, 0));
        Assert.Null(Feed("28" + "03" + "01" + "86aabb", 0));
        (string data, bool isKeyframe, TrackFormat format) = Feed("24" + "03" + "01" + "cc", 0, marker: true)!.Value;
        Assert.Equal(Keyframe + "86aabbcc" + "d9" + "09000000" + "04000000" + "d9", data);
        Assert.Equal((true, 640, 360), (isKeyframe, format.Video!.Width, format.Video.Height));
    }

    [Fact]
    public void A_picture_whose_layer_does_not_end_is_dropped()
    {
        Assert.Null(Feed("08" + Keyframe, 0, marker: true));
        Assert.Equal(1, _depacketizer.DroppedFrames);
        Assert.NotNull(Feed("0c" + Keyframe, 1, marker: true));
    }

    [Fact]
    public void Predicted_frames_before_a_keyframe_are_dropped_and_later_ones_keep_its_format()
    {
        Assert.Null(Feed("4c" + "860040", 0, marker: true));
        TrackFormat format = Feed("0c" + Keyframe, 1, marker: true)!.Value.Format;
        (string _, bool isKeyframe, TrackFormat same) = Feed("4c" + "860040", 2, marker: true)!.Value;
        Assert.False(isKeyframe);
        Assert.Same(format, same);
    }
}
