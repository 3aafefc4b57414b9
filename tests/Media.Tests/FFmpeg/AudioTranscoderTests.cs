using Media.FFmpeg;
using Xunit.Abstractions;

namespace Media.Tests.FFmpeg;

[Trait("Suite", "inprocess")]
public sealed class AudioTranscoderTests(ITestOutputHelper log) : IDisposable
{
    private readonly FFmpegLibrary _library = FFmpegLibrary.Load();
    private readonly FFmpegCli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("44100", "-ac 1 -b:a 128k")]
    [InlineData("44100", "-ac 2 -b:a 160k")]
    [InlineData("48000", "-ac 2 -b:a 160k")]
    [InlineData("48000", "-af pan=5.1|FL=c0|FR=c0|FC=0.3*c0|BL=0.2*c0|BR=0.2*c0 -b:a 384k")]
    [InlineData("22050", "-ac 1 -b:a 64k")]
    public void A_tone_of_30_seconds_comes_through_without_gap_or_click(string rate, string options)
    {
        FlvSource source = Tone1Kilohertz(rate, options, 30);
        using var recording = new OpusRecording(_library);
        using var transcoder = new AudioTranscoder(_library, new(), recording.Pool, recording.Take);
        source.Play(MediaKind.Audio, recording.Pool, source.Audio, f => transcoder.Transcode(f));

        ReadOnlySpan<float> middle = recording.Samples[96_000..^96_000];
        double noise = Tone.SignalToNoise(middle, 1000), spread = Tone.LevelSpread(middle);
        log.WriteLine($"{rate} Hz {options}: SNR {noise:F1} dB, level within {spread:F2} dB, {recording.Frames} frames");
        Assert.Empty(recording.Jumps);
        Assert.InRange(recording.Frames, 1490, 1510);
        Assert.InRange(noise, 35, 200);
        Assert.InRange(spread, 0, 1);
        Assert.Equal(0, transcoder.DamagedFrames + transcoder.Restarts + recording.Pool.Leased);
    }

    private FlvSource Tone1Kilohertz(string rate, string options, int seconds) => new(_cli.Make(
        "tone.flv", $"-f lavfi -i aevalsrc=0.4*sin(2*PI*1000*t):s={rate}:d={seconds} -c:a aac {options}"));
}
