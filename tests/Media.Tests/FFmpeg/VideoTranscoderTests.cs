using Media.FFmpeg;
using Media.Scheduling;
using Xunit.Abstractions;

namespace Media.Tests.FFmpeg;

[Trait("Suite", "inprocess")]
public sealed class VideoTranscoderTests(ITestOutputHelper log) : IDisposable
{
    private const string BFrames = "-c:v libx264 -preset veryfast -bf 3 -g 250 -b:v 1500k";
    private readonly FFmpegLibrary _library = FFmpegLibrary.Load();
    private readonly FFmpegCli _cli = new();
    private readonly RecordingListener _listener = new();
    private readonly MonotonicClock _clock = new(TimeProvider.System);

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task All_pictures_come_out_in_order_and_look_the_same()
    {
        string path = Make("a", "640x360", 4);
        var source = new FlvSource(path);
        using VideoTranscoder transcoder = Start(new(Codec.H264, SourceFrameRate: 30));
        Play(source, source.Video, transcoder);
        _listener.WaitForFrames(116); // the decoder holds its last pictures back
        IReadOnlyList<EncodedFrame> frames = _listener.Frames;
        Assert.True(frames[0].IsKeyframe);
        EncodedFrame.Save(_cli.PathOf("out.h264"), frames);
        double similarity = FFmpegCli.Similarity(_cli.PathOf("out.h264"), path);
        log.WriteLine($"{frames.Count} of {source.VideoFrames} pictures, SSIM {similarity}");
        Assert.InRange(similarity, 0.95, 1);
        await End(transcoder);
    }

    [Fact]
    public async Task A_new_size_in_mid_stream_makes_a_new_format_with_a_keyframe()
    {
        var small = new FlvSource(Make("b", "320x180", 1));
        var large = new FlvSource(Make("c", "640x360", 1));
        using VideoTranscoder transcoder = Start(new(Codec.H264));
        Play(small, small.Video, transcoder);
        Play(large, large.Video with { Version = 1 }, transcoder, shift: 90_000);
        _listener.WaitForFrames(54);
        IReadOnlyList<EncodedFrame> frames = _listener.Frames;
        EncodedFrame first = frames.First(f => f.Format.Video!.Width == 640);
        Assert.True(first.IsKeyframe);
        Assert.Equal(360, first.Format.Video!.Height);
        Assert.True(first.Format.Version > frames[0].Format.Version);
        Assert.Equal(frames.Select(f => f.Time).Order(), frames.Select(f => f.Time));
        Assert.Equal(2, frames.Count(f => f.IsKeyframe));
        await End(transcoder);
    }

    [Fact]
    public async Task Many_requests_make_one_keyframe_a_second()
    {
        var source = new FlvSource(Make("d", "320x180", 3));
        using VideoTranscoder transcoder = Start(new(Codec.H264));
        _listener.AfterFrame = transcoder.RequestKeyframe;
        Play(source, source.Video, transcoder);
        _listener.WaitForFrames(86);
        long[] keys = [.. _listener.Frames.Where(f => f.IsKeyframe).Select(f => f.Time)];
        Assert.Equal(3, keys.Length);
        Assert.All(keys.Zip(keys.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 90_000, 96_100));
        await End(transcoder);
    }

    [Fact]
    public async Task A_paused_encoder_begins_again_with_a_keyframe_of_the_latest_picture()
    {
        var source = new FlvSource(Make("e", "320x180", 3));
        using VideoTranscoder transcoder = Start(new(Codec.H264, StartEncoding: false));
        int written = 0;
        Play(source, source.Video, transcoder, onFrame: () =>
        {
            if (++written != 60) return;
            Assert.Empty(_listener.Frames);
            transcoder.Resume();
            _listener.WaitForFrames(1);
        });
        _listener.WaitForFrames(25);
        Assert.True(_listener.Frames[0].IsKeyframe);
        Assert.InRange(_listener.Frames[0].Time, 0, 60 * 3000L);
        transcoder.Pause();
        Assert.False(transcoder.IsEncoding);
        await End(transcoder);
    }

    [Fact]
    public async Task Frames_of_the_past_are_decoded_but_not_encoded()
    {
        var source = new FlvSource(Make("f", "320x180", 3));
        using VideoTranscoder transcoder = Start(new(Codec.Vp8));
        int written = 0;
        long firstLive = 0;
        source.Play(MediaKind.Video, _listener.Pool, source.Video, f =>
        {
            if (++written == 61) firstLive = f.PresentationTime;
            transcoder.Write(f, prime: written <= 60);
        });
        _listener.WaitForFrames(20);
        Assert.True(_listener.Frames[0].IsKeyframe);
        Assert.InRange(_listener.Frames[0].Time, firstLive - 12_000, firstLive + 12_000);
        await End(transcoder);
    }

    [Fact]
    public async Task A_full_queue_drops_to_the_next_keyframe_and_counts()
    {
        var source = new FlvSource(Make("g", "640x360", 2));
        using VideoTranscoder transcoder = Start(new(Codec.H264) { QueuedFrames = 5 });
        var taken = new List<bool>();
        source.Play(MediaKind.Video, _listener.Pool, source.Video, f => taken.Add(transcoder.Write(f)));
        int first = taken.IndexOf(false);
        Assert.True(first >= 5);
        Assert.DoesNotContain(true, taken.Skip(first)); // its only keyframe was the first frame
        Assert.Equal(taken.Count(t => !t), transcoder.DroppedFrames);
        await End(transcoder);
    }

    [Fact]
    public async Task Garbage_makes_no_fault()
    {
        var source = new FlvSource(Make("h", "320x180", 1));
        var random = new Random(1);
        using VideoTranscoder transcoder = Start(new(Codec.H264));
        source.Play(MediaKind.Video, _listener.Pool, source.Video, f =>
        {
            if (!f.IsKeyframe) random.NextBytes(f.Buffer.Span);
            transcoder.Write(f);
        });
        Play(source, source.Video, transcoder, shift: 90_000);
        _listener.WaitForFrames(26);
        await End(transcoder);
    }

    [Fact]
    public async Task Fifty_transcoders_leave_no_thread_behind()
    {
        var source = new FlvSource(Make("i", "320x180", 1));
        int before = Threads();
        for (int i = 0; i < 50; i++)
        {
            using VideoTranscoder transcoder = Start(new(Codec.H264));
            Play(source, source.Video, transcoder);
            transcoder.Dispose();
            await transcoder.Ended.WaitAsync(TimeSpan.FromSeconds(30));
        }

        Assert.InRange(Threads() - before, -50, 10);
        Assert.Equal(0, _listener.Pool.Leased);
    }

    private static int Threads()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.Threads.Count;
    }

    private VideoTranscoder Start(VideoTranscoderOptions options) =>
        VideoTranscoder.Start(_library, options, _listener.Pool, _listener, _clock);

    private void Play(
        FlvSource source, TrackFormat format, VideoTranscoder transcoder, long shift = 0, Action? onFrame = null) =>
        source.Play(MediaKind.Video, _listener.Pool, format, f =>
        {
            transcoder.Write(f.At(f.DecodeTime + shift, f.PresentationTime + shift));
            onFrame?.Invoke();
        });

    private async Task End(VideoTranscoder transcoder)
    {
        transcoder.Dispose();
        await transcoder.Ended.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Null(_listener.Fault);
        Assert.Equal(0, _listener.Pool.Leased);
    }

    private string Make(string name, string size, int seconds) =>
        _cli.Make($"{name}.flv", $"-f lavfi -i testsrc2=s={size}:r=30:d={seconds} {BFrames}");
}
