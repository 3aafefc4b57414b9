using Media.Buffers;
using Media.FFmpeg;

namespace Media.Tests.FFmpeg;

[Trait("Suite", "inprocess")]
public sealed class VideoEncodeStageTests : IDisposable
{
    private readonly FFmpegLibrary _library = FFmpegLibrary.Load();
    private readonly FFmpegCli _cli = new();
    private readonly BufferPool _pool = new();
    private readonly List<EncodedFrame> _frames = [];
    private readonly SourceMeter _meter = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Half_the_frame_rate_leaves_out_every_second_picture()
    {
        using VideoEncodeStage stage = Stage(Codec.H264);
        Run(stage, (_, index) => stage.Step = index < 30 ? TranscodeStep.Full : TranscodeStep.HalfFrameRate);
        Assert.Equal(30 + 30, _frames.Count);
        Assert.Equal(30, stage.SkippedPictures);
        Assert.All(_frames.Skip(31).Zip(_frames.Skip(32)), pair => Assert.Equal(6000, pair.Second.Time - pair.First.Time, 100.0));
    }

    [Theory]
    [InlineData(Codec.H264)]
    [InlineData(Codec.Vp8)]
    public void Half_the_size_is_a_new_format_with_a_keyframe(Codec target)
    {
        using VideoEncodeStage stage = Stage(target);
        Run(stage, (_, index) => stage.Step = index < 30 ? TranscodeStep.Full : TranscodeStep.HalfSize);
        EncodedFrame first = _frames.First(f => f.Format.Video!.Width == 160);
        Assert.True(first.IsKeyframe);
        Assert.Equal(90, first.Format.Video!.Height);
        Assert.Equal(1, first.Format.Version);
        Assert.Equal(2, _frames.Count(f => f.IsKeyframe));
    }

    [Fact]
    public void The_source_s_own_bitrate_is_followed_once_it_was_measured()
    {
        using VideoEncodeStage stage = Stage(Codec.H264, sourceBitrate: 4_000_000);
        Run(stage, (_, index) => _meter.Add(index * 3000L, 2500), seconds: 12); // 600 kbit/s
        int late = _frames.Skip(240).Sum(f => f.Data.Length) * 8 / 4;
        Assert.InRange(late, 300_000, 800_000);
        Assert.Single(_frames, f => f.IsKeyframe && f.Time < 9 * 90_000);
    }

    [Fact]
    public void A_rate_that_was_guessed_far_too_low_is_raised_once_it_was_measured()
    {
        using VideoEncodeStage stage = Stage(Codec.H264, sourceBitrate: 40_000);
        Run(stage, (_, index) => _meter.Add(index * 3000L, 10_000), seconds: 12); // 2.4 Mbit/s
        int late = _frames.Skip(120).Take(120).Sum(f => f.Data.Length) * 8 / 4;
        Assert.InRange(late, 1_500_000, 3_500_000);
    }

    [Fact]
    public void What_the_stream_says_of_its_frame_rate_counts_more_than_how_fast_it_began()
    {
        using VideoEncodeStage stage = Stage(Codec.Vp8, sourceFrameRate: 25);
        Run(stage, (_, index) => _meter.Add(index * 3000L, 2500));
        Assert.All(_frames, frame => Assert.Equal(30, frame.Format.Video!.FrameRate));
    }

    [Fact]
    public void A_picture_that_comes_twice_is_encoded_once()
    {
        using VideoEncodeStage stage = Stage(Codec.H264);
        Run(stage, (picture, _) => stage.Encode(picture, false, 30));
        Assert.Equal(90, _frames.Count);
    }

    private VideoEncodeStage Stage(Codec target, int sourceBitrate = 0, double sourceFrameRate = 0) => new(
        _library, new VideoTranscoderOptions(target, sourceBitrate, sourceFrameRate), _meter, _pool,
        f => _frames.Add(new EncodedFrame(f.Format, f.Data.ToArray(), f.PresentationTime, f.IsKeyframe)));

    private void Run(VideoEncodeStage stage, Action<VideoPicture, int> before, int seconds = 3)
    {
        var source = new FlvSource(_cli.Make(
            "s.flv", $"-f lavfi -i testsrc2=s=320x180:r=30:d={seconds} -vf noise=alls=12:allf=t -c:v libx264 -preset ultrafast"));
        int index = 0;
        using var decoder = new VideoDecoder(_library);
        void Encode(VideoPicture picture)
        {
            before(picture, index++);
            stage.Encode(picture, false, 30);
        }

        source.Play(MediaKind.Video, _pool, source.Video, f => decoder.Decode(f, false, Encode));
        decoder.Drain(Encode);
    }
}
