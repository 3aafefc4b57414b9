using Media.Buffers;
using Media.Codecs;
using Media.FFmpeg;
using Xunit.Abstractions;

namespace Media.Tests.FFmpeg;

[Trait("Suite", "inprocess")]
public sealed class VideoCodecTests(ITestOutputHelper log) : IDisposable
{
    private const string BFrames = "-c:v libx264 -preset veryfast -bf 3 -b:v 2500k";
    private readonly FFmpegLibrary _library = FFmpegLibrary.Load();
    private readonly FFmpegCli _cli = new();
    private readonly BufferPool _pool = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("yuv420p", "high")]
    [InlineData("yuv420p10le", "high10")]
    [InlineData("yuv422p", "high422")]
    [InlineData("yuvj420p", "high")]
    public void B_frames_and_deep_or_wide_samples_become_baseline_that_looks_the_same(string pixels, string profile)
    {
        string path = Make("640x360", 30, 5, $"{BFrames} -pix_fmt {pixels} -profile:v {profile}");
        List<EncodedFrame> frames = Transcode(new FlvSource(path), Codec.H264, 640, 360, 30, 2_500_000);
        Assert.Equal(150, frames.Count);
        Assert.Equal(frames.Select(f => f.Time).Order(), frames.Select(f => f.Time));
        VideoProperties video = frames[0].Format.Video!;
        Assert.Equal((66, 0xC0), (video.Profile, video.Constraints & 0xC0)); // constrained baseline

        EncodedFrame.Save(_cli.PathOf("out.h264"), frames);
        double similarity = FFmpegCli.Similarity(_cli.PathOf("out.h264"), path, "format=yuv420p", "format=yuv420p");
        log.WriteLine($"{pixels}: SSIM {similarity}, {frames.Sum(f => f.Data.Length) * 8 / 5000} kbit/s");
        Assert.InRange(similarity, 0.95, 1);
        Assert.Equal(0, _pool.Leased);
    }

    [Fact]
    public void Interlaced_pictures_lose_their_combs()
    {
        // Bars that run sideways at 50 fields a second: the two fields of a frame are 20 ms apart, and comb where they move.
        const string Progressive = "-f lavfi -i testsrc2=s=720x576:r=50:d=4";
        string path = _cli.Make("i.flv", $"{Progressive} -vf tinterlace=interleave_top -c:v libx264 -preset veryfast -flags +ilme+ildct -b:v 4M");
        string reference = _cli.Make("p.mkv", $"{Progressive} -vf fps=25 -c:v libx264 -preset ultrafast -qp 5");
        var source = new FlvSource(path);
        Assert.True(SequenceParameterSet.TryParse(source.Video.ParameterSets[0].AsSpan(), out SequenceParameterSet? sps));
        Assert.True(sps!.ToVideoProperties().IsInterlaced);

        List<EncodedFrame> frames = Transcode(source, Codec.H264, 720, 576, 25, 4_000_000, properties: sps.ToVideoProperties());
        List<EncodedFrame> combed = Transcode(source, Codec.H264, 720, 576, 25, 4_000_000);

        Assert.InRange(frames.Count, 99, 100); // the filter waits for one more frame
        Assert.Equal(combed.Select(f => f.Time).Take(frames.Count), frames.Select(f => f.Time));
        double smooth = Similarity(frames, reference), rough = Similarity(combed, reference);
        log.WriteLine($"SSIM with combs {rough}, without {smooth}");
        Assert.True(smooth > rough + 0.01, $"{smooth} is not better than {rough}");
    }

    [Fact]
    public void Vp8_looks_the_same()
    {
        string path = Make("640x360", 30, 5, BFrames);
        List<EncodedFrame> frames = Transcode(new FlvSource(path), Codec.Vp8, 640, 360, 30, 2_500_000);
        Assert.Equal(150, frames.Count);
        EncodedFrame.SaveIvf(_cli.PathOf("out.ivf"), frames);
        double similarity = FFmpegCli.Similarity(_cli.PathOf("out.ivf"), path);
        log.WriteLine($"VP8: SSIM {similarity}, {frames.Sum(f => f.Data.Length) * 8 / 5000} kbit/s");
        Assert.InRange(similarity, 0.95, 1);
    }

    [Theory]
    [InlineData(Codec.H264)]
    [InlineData(Codec.Vp8)]
    public void A_keyframe_comes_exactly_where_it_is_asked_for(Codec target)
    {
        var source = new FlvSource(Make("320x180", 30, 3, BFrames + " -g 300"));
        List<EncodedFrame> frames = Transcode(source, target, 320, 180, 30, 800_000, index => index is 40 or 70);
        Assert.Equal([0, 40, 70], Enumerable.Range(0, frames.Count).Where(i => frames[i].IsKeyframe));
    }

    [Theory]
    [InlineData(Codec.H264)]
    [InlineData(Codec.Vp8)]
    public void Bitrate_is_what_was_asked_for_at_any_frame_rate(Codec target)
    {
        foreach (int rate in (int[])[15, 60])
        {
            var source = new FlvSource(Make("640x360", rate, 6, "-vf noise=alls=20:allf=t -c:v libx264 -preset ultrafast -b:v 4M"));
            List<EncodedFrame> frames = Transcode(source, target, 640, 360, rate, 1_500_000);
            int bitrate = frames.Sum(f => f.Data.Length) * 8 / 6;
            log.WriteLine($"{target} at {rate} fps: {bitrate / 1000} kbit/s");
            Assert.InRange(bitrate, 1_000_000, 2_000_000);
        }
    }

    [Fact]
    public void Times_pass_through_exactly()
    {
        var source = new FlvSource(Make("320x180", 24, 2, BFrames));
        var expected = new List<long>();
        source.Play(MediaKind.Video, _pool, source.Video, f => expected.Add(f.PresentationTime));
        Assert.Equal(expected.Order(), Transcode(source, Codec.H264, 320, 180, 24, 500_000).Select(f => f.Time));
    }

    [Fact]
    public void Fifty_decoders_and_encoders_leave_no_memory_behind()
    {
        var source = new FlvSource(Make("640x360", 30, 1, BFrames));
        for (int i = 0; i < 5; i++) Transcode(source, Codec.H264, 320, 180, 30, 500_000);
        long before = ResidentBytes();
        for (int i = 0; i < 50; i++) Transcode(source, i % 2 == 0 ? Codec.H264 : Codec.Vp8, 320, 180, 30, 500_000);
        long grown = ResidentBytes() - before;
        log.WriteLine($"grown by {grown >> 20} MB");
        Assert.InRange(grown, long.MinValue, 60 << 20); // one leaked pair takes 5 MB and more
        Assert.Equal(0, _pool.Leased);
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return Environment.WorkingSet;
    }

    private double Similarity(List<EncodedFrame> frames, string reference)
    {
        EncodedFrame.Save(_cli.PathOf("out.h264"), frames);
        return FFmpegCli.Similarity(_cli.PathOf("out.h264"), reference);
    }

    private string Make(string size, int rate, int seconds, string options) =>
        _cli.Make($"{size}-{rate}.flv", $"-f lavfi -i testsrc2=s={size}:r={rate}:d={seconds} {options}");

    private List<EncodedFrame> Transcode(
        FlvSource source, Codec target, int width, int height, int rate, int bitrate, Func<int, bool>? keyframeAt = null,
        VideoProperties? properties = null)
    {
        var frames = new List<EncodedFrame>();
        VideoEncoder? encoder = null;
        int pictures = 0;
        using var decoder = new VideoDecoder(_library);
        void Encode(VideoPicture picture)
        {
            encoder ??= VideoEncoder.Create(
                _library, new VideoEncoderSettings(target, width, height, rate, bitrate), picture, null, _pool);
            encoder.Encode(picture, keyframeAt?.Invoke(pictures++) ?? false, Keep);
        }

        void Keep(MediaFrame f) => frames.Add(new EncodedFrame(f.Format, f.Data.ToArray(), f.PresentationTime, f.IsKeyframe));
        source.Play(MediaKind.Video, _pool, source.Video with { Video = properties }, f => decoder.Decode(f, false, Encode));
        decoder.Drain(Encode);
        encoder?.Dispose();
        return frames;
    }
}
