using System.Globalization;
using System.Runtime.CompilerServices;
using TestKit.Browsers;
using TestKit.Measuring;
using TestKit.Processes;
using TestKit.Skipping;
using TestKit.Sources;

namespace Browser.Tests;

/// <summary>What FFmpeg can send and a browser takes as it is: size, rate and order are the source's.</summary>
[Trait("Suite", "browsers")]
[Collection(ViewersCollection.Name)]
public sealed class ForwardedSourceTests(GatewayFixture gateway, ChromiumFixture chromium, SourceFilesFixture files)
    : IClassFixture<SourceFilesFixture>
{
    private readonly GatewayProcess _gateway = gateway.Gateway;

    [TimedFact]
    public async Task Mono_sound_at_44100_Hz_is_heard_with_the_picture()
    {
        EncoderSettings settings = EncoderSettings.ZeroLatency() with { SampleRate = 44100, Channels = 1, Sound = TestSound.Tone };
        using var source = new LiveSource(_gateway.Rtmp("mono"), settings);
        AssertTone(await WatchSmoothPictureAsync("mono", tracks: 2, settings));
    }

    [TimedFact]
    public async Task A_stream_without_sound_plays()
    {
        EncoderSettings settings = EncoderSettings.ZeroLatency() with { Sound = TestSound.None };
        using var source = new LiveSource(_gateway.Rtmp("silent"), settings);
        await WatchSmoothPictureAsync("silent", tracks: 1, settings);
    }

    [Fact]
    public async Task A_stream_without_picture_is_heard()
    {
        using var source = new LiveSource(_gateway.Rtmp("radio"), EncoderSettings.ZeroLatency() with { HasVideo = false, Sound = TestSound.Tone });
        Viewing viewing = await WatchAsync("radio", tracks: 1);
        AssertTone(viewing);
        Assert.Empty(viewing.Frames);
    }

    [TimedFact]
    public async Task Several_slices_per_frame_make_one_picture()
    {
        EncoderSettings settings = EncoderSettings.ZeroLatency() with
        {
            Video = "-c:v libx264 -preset veryfast -tune zerolatency -b:v 1500k -g 60 -x264-params slices=4:aud=1",
        };
        using var source = new LiveSource(_gateway.Rtmp("slices"), settings);
        await WatchSmoothPictureAsync("slices", tracks: 2, settings);
    }

    [Fact]
    public async Task Full_HD_at_60_frames_with_large_keyframes_plays()
    {
        var settings = new EncoderSettings
        {
            Width = 1920, Height = 1080, FrameRate = 60,
            Video = "-vf noise=c0s=22 -c:v libx264 -preset veryfast -bf 0 -pix_fmt yuv420p -b:v 8M -maxrate 8M -bufsize 8M -g 120 -keyint_min 120 -sc_threshold 0",
        };
        string file = await files.GetAsync("full-hd", settings);
        int keyframe = await SourceFilesFixture.LargestKeyframeAsync(file);
        Assert.True(keyframe >= 200_000, $"the largest keyframe has only {keyframe} bytes");
        using FileSource source = FileSource.Push(file, _gateway.Rtmp("full-hd"));
        Viewing viewing = await WatchAsync("full-hd", tracks: 2, seconds: 8);
        Report.Line($"1080p60, 8 Mbit/s, keyframes to {keyframe} bytes: decoded {viewing.Stat("video", "framesDecoded")}, dropped {viewing.Stat("video", "framesDropped")}, "
            + $"freezes {viewing.Stat("video", "freezeCount")}, lost {viewing.Stat("video", "packetsLost")}, shown {viewing.FrameRate(viewing.Time("posted") + 3000):0} per second");
        Assert.All(viewing.Frames, frame => Assert.Equal((1920, 1080), (frame.Width, frame.Height)));

        // Software decoding of 1080p60 and two other programs share this machine: what must hold is that nothing was lost on the way.
        double received = viewing.Stat("video", "framesReceived");
        Assert.True(received >= 0.95 * 60 * 7, $"{received} frames arrived");
        Assert.Equal(0, viewing.Stat("video", "packetsLost"));
    }

    [Theory]
    [InlineData("in the stream", "-c copy")]
    [InlineData("in a new sequence header", "-c copy -bsf:v extract_extradata=remove=1")]
    public async Task A_change_of_size_with_parameter_sets(string where, string arguments)
    {
        string room = "resize" + where.Length;
        EncoderSettings small = EncoderSettings.ZeroLatency();
        EncoderSettings large = small with { Width = 848, Height = 480 };
        string file = await files.GetSizeChangeAsync(small, large);
        using FileSource source = FileSource.Push(file, _gateway.Rtmp(room), loop: false, arguments);
        Viewing viewing = await WatchAsync(room, tracks: 1, seconds: 9);
        (int, int)[] sizes = [.. viewing.Frames.Select(frame => (frame.Width, frame.Height)).Distinct()];
        Report.Line($"Size change {where}: seen {string.Join(", ", sizes)}, largest gap {viewing.LargestGap():0} ms, freezes {viewing.Stat("video", "freezeCount")}");
        Assert.Contains((640, 360), sizes);
        Assert.Contains((848, 480), sizes);
        Assert.Equal(2, sizes.Length);
        Assert.Equal(0, viewing.BackwardSteps(allowed: SourceFilesFixture.Seconds * small.FrameRate));
    }

    private async Task<Viewing> WatchAsync(string room, int tracks, double seconds = 6)
    {
        await _gateway.WaitForTracksAsync(room, tracks);
        return await chromium.Browser.WatchAsync(_gateway, room, seconds);
    }

    /// <summary>The last round of watching a picture that is the source's, and as smooth.</summary>
    private async Task<Viewing> WatchSmoothPictureAsync(string room, int tracks, EncoderSettings settings, [CallerMemberName] string test = "")
    {
        double least = settings.FrameRate * 0.95;
        Viewing viewing = null!;
        Dictionary<string, double> figures = await TimedRounds.RunAsync(test, 1000.0 / settings.FrameRate, async () =>
        {
            viewing = await WatchAsync(room, tracks);
            double steady = viewing.Time("posted") + 1500;
            Assert.NotEmpty(viewing.Frames);
            Assert.All(viewing.Frames, frame => Assert.Equal((settings.Width, settings.Height), (frame.Width, frame.Height)));
            Assert.Equal(0, viewing.BackwardSteps());
            return new()
            {
                ["fps"] = viewing.FrameRate(steady),
                ["largest gap"] = viewing.LargestGap(steady),
                ["first picture"] = viewing.FirstPicture,
                ["latency"] = Statistics.Median(viewing.Latencies(steady)),
            };
        }, medians => medians["fps"] >= least);
        Assert.True(figures["fps"] >= least, $"{figures["fps"]:0.0} frames per second of {settings.FrameRate}");
        return viewing;
    }

    private static void AssertTone(Viewing viewing)
    {
        SoundWindow[] windows = [.. viewing.Windows.Where(window => window.Time > viewing.Time("posted") + 2500)];
        Assert.True(windows.Length > 20, $"{windows.Length} windows of sound");
        Assert.InRange(Statistics.Median(windows.Select(window => window.Level)), -10.5, -7.5); // half of full scale: -9 dB
        Assert.True(Statistics.Median(windows.Select(window => window.SignalToNoise)) >= 25);
    }
}
