using Media.Buffers;
using Media.Rtp;
using Media.Rtp.Payloads;
using TestKit;

namespace Media.Tests.Rtp.Payloads;

public sealed class FrameBoundaryTests : IDisposable
{
    private const string Keyframe = "10" + "d001009d012a20002000"; // descriptor and header of a VP8 keyframe
    private const string Delta = "10" + "b10100";

    private readonly BufferPool _pool = new();
    private readonly LeakCheck _leaks;
    private readonly Vp8Depacketizer _depacketizer;
    private long _number = 10;

    public FrameBoundaryTests()
    {
        _leaks = new LeakCheck(_pool);
        _depacketizer = new Vp8Depacketizer(_pool);
    }

    public void Dispose()
    {
        _depacketizer.Dispose();
        _leaks.Dispose();
    }

    private long? Feed(string hex, long timestamp, bool marker)
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
        frame.Release();
        return frame.PresentationTime;
    }

    [Fact]
    public void Without_markers_a_frame_ends_with_the_next_timestamp()
    {
        Assert.Null(Feed(Keyframe, 0, false));
        Assert.Null(Feed("00aabb", 0, false));
        Assert.Equal(0, Feed(Delta, 3000, false));
        Assert.Equal(3000, Feed(Delta, 6000, false));
        Assert.Equal(0, _depacketizer.DroppedFrames);
    }

    [Fact]
    public void A_frame_whose_end_is_missing_is_dropped_and_not_ended_by_the_next()
    {
        Assert.Equal(0, Feed(Keyframe, 0, true));
        Assert.Null(Feed(Delta, 3000, false));
        _number++;
        Assert.Equal(6000, Feed(Delta, 6000, true));
        Assert.Equal(1, _depacketizer.DroppedFrames);
    }

    [Fact]
    public void Two_frames_that_end_with_one_packet_come_out_one_after_the_other()
    {
        Assert.Null(Feed(Keyframe, 0, false));
        Assert.Equal(0, Feed(Delta, 3000, true));
        Assert.Equal(3000, Feed(Delta, 6000, true));
        Assert.Equal(6000, Feed("", 6000, false));
        Assert.Null(Feed("", 9000, false));
        Assert.Equal(0, _depacketizer.DroppedFrames);
    }

    [Fact]
    public void A_frame_that_waits_is_given_back_at_the_end()
    {
        Feed(Keyframe, 0, false);
        Feed(Delta, 3000, true);
        _depacketizer.Dispose();
        Assert.Equal(0, _pool.Leased);
    }

    [Fact]
    public void Empty_payloads_change_nothing_and_fill_their_number()
    {
        Feed(Keyframe, 0, false);
        Assert.Null(Feed("", 0, false));
        Assert.Equal(0, Feed("00aa", 0, true));
    }

    [Fact]
    public void Depacketizing_allocates_nothing()
    {
        byte[] payload = Convert.FromHexString(Keyframe);
        using PooledBuffer buffer = _pool.RentCopy(payload);
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                var packet = new RtpPacket
                {
                    Buffer = buffer,
                    Offset = 0,
                    Length = payload.Length,
                    SequenceNumber = _number++,
                    Timestamp = _number,
                    Marker = true,
                };
                if (_depacketizer.TryDepacketize(packet, out MediaFrame frame)) frame.Release();
            }
        });
        Assert.Equal(0, _depacketizer.DroppedFrames);
    }
}
