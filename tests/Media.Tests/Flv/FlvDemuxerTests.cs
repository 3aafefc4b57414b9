using Media.Buffers;
using Media.Flv;
using Media.Timing;
using TestKit;

namespace Media.Tests.Flv;

public sealed class FlvDemuxerTests
{
    private readonly BufferPool _pool = new();
    private readonly FlvDemuxer _demuxer;
    private MediaFrame _frame;
    private PooledBuffer? _body;

    public FlvDemuxerTests() => _demuxer = new FlvDemuxer(new RtmpTimeline(), _pool);

    [Fact]
    public void A_video_frame_is_a_slice_of_its_tag_at_90_khz()
    {
        using var leaks = new LeakCheck(_pool);
        Assert.Equal(FlvDemuxResult.Nothing, Video(0, FlvSamples.AvcHeader()));
        Assert.Equal(FlvDemuxResult.Frame, Video(40, FlvSamples.AvcFrame(isKeyframe: true, compositionTime: 80)));
        Assert.Same(_body, _frame.Buffer);
        Assert.Equal(40 * 90, _frame.DecodeTime);
        Assert.Equal(120 * 90, _frame.PresentationTime);
        Assert.True(_frame.IsKeyframe);
        Assert.Equal(Codec.H264, _frame.Format.Codec);
        Assert.Equal(90_000, _frame.Format.ClockRate);
        Assert.Equal(FlvSamples.Slice(isKeyframe: true), _frame.Data.ToArray());
        _frame.Release();
    }

    [Fact]
    public void Lengths_of_two_bytes_are_widened_into_another_buffer()
    {
        using var leaks = new LeakCheck(_pool);
        Video(0, FlvSamples.AvcHeader(lengthSize: 2));
        byte[] slice = FlvSamples.Slice(isKeyframe: true);
        byte[] body = [0x17, 1, 0, 0, 0, .. slice.AsSpan(2)];
        Assert.Equal(FlvDemuxResult.Frame, Video(0, body));
        Assert.Equal(slice, _frame.Data.ToArray());
        _frame.Release();
    }

    [Fact]
    public void Audio_lies_on_the_grid_of_its_samples()
    {
        using var leaks = new LeakCheck(_pool);
        Assert.Equal(FlvDemuxResult.NotConfigured, Audio(0, FlvSamples.AacFrame()));
        Assert.Equal(FlvDemuxResult.Nothing, Audio(0, FlvSamples.AacHeader));
        foreach ((uint milliseconds, long samples) in new[] { (0u, 0L), (23u, 1024L), (46u, 2048L), (70u, 3072L) })
        {
            Assert.Equal(FlvDemuxResult.Frame, Audio(milliseconds, FlvSamples.AacFrame()));
            Assert.Equal(samples, _frame.PresentationTime);
            Assert.Equal(44_100, _frame.Format.ClockRate);
            Assert.Equal(4, _frame.Length);
            _frame.Release();
        }
    }

    [Fact]
    public void The_time_of_a_repeated_sequence_header_is_not_believed()
    {
        using var leaks = new LeakCheck(_pool);
        Video(0, FlvSamples.AvcHeader());
        for (uint t = 0; t < 10_000; t += 40)
        {
            Assert.Equal(FlvDemuxResult.Nothing, Video(0, FlvSamples.AvcHeader()));
            Assert.Equal(FlvDemuxResult.Frame, Video(t, FlvSamples.AvcFrame(isKeyframe: t == 0)));
            Assert.Equal(t * 90, _frame.DecodeTime);
            _frame.Release();
        }
    }

    [Fact]
    public void Video_before_its_header_gives_nothing()
    {
        using var leaks = new LeakCheck(_pool);
        Assert.Equal(FlvDemuxResult.NotConfigured, Video(0, FlvSamples.AvcFrame(isKeyframe: true)));
    }

    [Fact]
    public void End_marks_and_empty_tags_give_nothing()
    {
        using var leaks = new LeakCheck(_pool);
        Video(0, FlvSamples.AvcHeader());
        Audio(0, FlvSamples.AacHeader);
        Assert.Equal(FlvDemuxResult.Nothing, Video(40, [0x17, 2, 0, 0, 0]));
        Assert.Equal(FlvDemuxResult.Nothing, Video(40, [0x17, 1, 0, 0, 0]));
        Assert.Equal(FlvDemuxResult.Nothing, Audio(40, [0xAF, 1]));
        Assert.Equal(FlvDemuxResult.Nothing, Video(40, [0x57, 0]));
        Assert.Equal(FlvDemuxResult.Malformed, Video(40, [0x17]));
    }

    [Fact]
    public void A_codec_that_is_not_carried_is_named_and_the_other_medium_goes_on()
    {
        using var leaks = new LeakCheck(_pool);
        Assert.Equal(FlvDemuxResult.Unsupported, Video(0, [0x90, .. "hvc1"u8, 1, 2, 3]));
        Assert.Equal("hvc1", _demuxer.UnsupportedVideo);
        Assert.Equal(FlvDemuxResult.Unsupported, Audio(0, [0x2F, 1, 2, 3]));
        Assert.Equal("Mp3", _demuxer.UnsupportedAudio);
        Assert.Equal(FlvDemuxResult.Unsupported, Video(0, [0x22, 1, 2, 3]));
        Assert.Equal("SorensonH263", _demuxer.UnsupportedVideo);
        Audio(0, FlvSamples.AacHeader);
        Assert.Equal(FlvDemuxResult.Frame, Audio(0, FlvSamples.AacFrame()));
        Assert.Null(_demuxer.UnsupportedAudio);
        _frame.Release();
    }

    private FlvDemuxResult Video(uint timestamp, byte[] body) => Demux(MediaKind.Video, timestamp, body);

    private FlvDemuxResult Audio(uint timestamp, byte[] body) => Demux(MediaKind.Audio, timestamp, body);

    private FlvDemuxResult Demux(MediaKind kind, uint timestamp, byte[] body)
    {
        using PooledBuffer buffer = _body = _pool.RentCopy(body);
        return _demuxer.Demux(kind, timestamp, 0, buffer, 0, body.Length, out _frame);
    }
}
