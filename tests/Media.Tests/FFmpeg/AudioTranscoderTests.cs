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
        using var recording = new SoundRecording(_library);
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

    [Fact]
    public void Loud_surround_sound_does_not_clip_in_stereo()
    {
        // The same full tone on all channels: added up as it is, it would be 2.4 times of what fits.
        FlvSource source = new(_cli.Make("loud.flv",
            "-f lavfi -i aevalsrc=0.9*sin(2*PI*1000*t):s=48000:d=6 -af pan=5.1|FL=c0|FR=c0|FC=c0|BL=c0|BR=c0 -c:a aac -b:a 448k"));
        using var recording = new SoundRecording(_library);
        using var transcoder = new AudioTranscoder(_library, new(), recording.Pool, recording.Take);
        source.Play(MediaKind.Audio, recording.Pool, source.Audio, f => transcoder.Transcode(f));

        ReadOnlySpan<float> middle = recording.Samples[96_000..^96_000];
        float peak = 0;
        foreach (float sample in middle) peak = Math.Max(peak, Math.Abs(sample));
        double noise = Tone.SignalToNoise(middle, 1000);
        log.WriteLine($"peak {peak:F3}, SNR {noise:F1} dB");
        Assert.InRange(peak, 0.5, 1);
        Assert.InRange(noise, 35, 200);
    }

    [Fact]
    public void High_efficiency_aac_at_half_the_rate_is_brought_to_48_kilohertz()
    {
        // A core of 24 kHz whose configuration says that it is HE-AAC (object type 5) for 48 kHz, without high band data:
        // the decoder takes the way of HE-AAC, 2048 samples for each frame.
        FlvSource source = Tone1Kilohertz("24000", "-ac 2 -b:a 96k", 8);
        TrackFormat format = source.Audio with { Configuration = [0x2B, 0x11, 0x88, 0x00] };
        using var recording = new SoundRecording(_library);
        using var transcoder = new AudioTranscoder(_library, new(), recording.Pool, recording.Take);
        source.Play(MediaKind.Audio, recording.Pool, format, f => transcoder.Transcode(f));
        Assert.InRange(recording.Frames, 395, 405);
        Assert.InRange(Tone.SignalToNoise(recording.Samples[96_000..^96_000], 1000), 35, 200);
        Assert.Equal(0, transcoder.DamagedFrames + transcoder.Restarts);
    }

    [Fact]
    public void Sound_keeps_its_place_in_time()
    {
        FlvSource source = new(_cli.Make("onset.flv",
            "-f lavfi -i aevalsrc=gte(t\\,1)*0.5*sin(2*PI*2000*t):s=44100:d=2 -c:a aac -b:a 160k"));
        using var recording = new SoundRecording(_library);
        using var transcoder = new AudioTranscoder(_library, new(), recording.Pool, recording.Take);
        source.Play(MediaKind.Audio, recording.Pool, source.Audio, f => transcoder.Transcode(f));
        int onset = 0;
        while (Math.Abs(recording.Samples[2 * onset]) < 0.25) onset++;
        // FLV begins at 0 with the encoder's priming of 1024 samples, which its timestamps include.
        double seconds = ((recording.FirstTime + onset) / 48000.0) - (1024 / 44100.0);
        log.WriteLine($"onset at {seconds:F4} s");
        Assert.Equal(0, recording.FirstTime);
        Assert.InRange(seconds, 0.998, 1.002);
    }

    [Fact]
    public void A_source_whose_clock_drifts_is_followed_without_a_click()
    {
        FlvSource source = Tone1Kilohertz("44100", "-ac 2 -b:a 160k", 30);
        using var recording = new SoundRecording(_library);
        using var transcoder = new AudioTranscoder(_library, new(), recording.Pool, recording.Take);
        const double Drift = 1.001;
        source.Play(MediaKind.Audio, recording.Pool, source.Audio, f =>
        {
            long time = (long)(f.PresentationTime * Drift);
            transcoder.Transcode(f.At(time, time));
        });
        double spread = Tone.LevelSpread(recording.Samples[96_000..^96_000]);
        log.WriteLine($"level within {spread:F2} dB, behind by {transcoder.ClockErrorSeconds * 1000:F1} ms");
        Assert.Empty(recording.Jumps);
        Assert.Equal(0, transcoder.Restarts);
        Assert.InRange(transcoder.ClockErrorSeconds, -0.012, 0.012);
        Assert.InRange(recording.LastTime / 48000.0, 29.95, 30.05);
        Assert.InRange(spread, 0, 1);
    }

    [Fact]
    public void A_jump_goes_on_at_the_new_time()
    {
        FlvSource source = Tone1Kilohertz("48000", "-ac 2 -b:a 160k", 6);
        using var recording = new SoundRecording(_library);
        using var transcoder = new AudioTranscoder(_library, new(), recording.Pool, recording.Take);
        source.Play(MediaKind.Audio, recording.Pool, source.Audio, f =>
        {
            long time = f.PresentationTime + (f.PresentationTime > 3 * 48000 ? 5 * 48000 : 0);
            transcoder.Transcode(f.At(time, time));
        });
        Assert.Equal(1, transcoder.Restarts);
        (long from, long to) = Assert.Single(recording.Jumps);
        Assert.InRange(from / 48000.0, 2.9, 3.05);
        Assert.InRange(to / 48000.0, 8, 8.05);
    }

    [Fact]
    public void Damaged_frames_are_survived()
    {
        FlvSource source = Tone1Kilohertz("48000", "-ac 2 -b:a 160k", 4);
        var random = new Random(1);
        using var recording = new SoundRecording(_library);
        using var transcoder = new AudioTranscoder(_library, new(), recording.Pool, recording.Take);
        source.Play(MediaKind.Audio, recording.Pool, source.Audio, f =>
        {
            if (random.Next(4) == 0) random.NextBytes(f.Buffer.Span);
            transcoder.Transcode(f);
        });
        log.WriteLine($"{transcoder.DamagedFrames} damaged, {transcoder.Restarts} restarts");
        Assert.True(transcoder.DamagedFrames > 0);
        Assert.InRange(recording.Frames, 120, 210);
    }

    [Fact]
    public async Task Fifty_threaded_transcoders_leave_nothing_behind()
    {
        FlvSource source = Tone1Kilohertz("44100", "-ac 2 -b:a 160k", 2);
        var listener = new RecordingListener();
        for (int i = 0; i < 50; i++)
        {
            using var transcoder = ThreadedAudioTranscoder.Start(_library, new(), listener.Pool, listener);
            source.Play(MediaKind.Audio, listener.Pool, source.Audio, f => transcoder.Write(f));
            if (i % 10 == 0) listener.WaitForFrames(listener.Frames.Count + 50);
            transcoder.Dispose();
            await transcoder.Ended.WaitAsync(TimeSpan.FromSeconds(30));
        }

        Assert.Null(listener.Fault);
        Assert.Equal(0, listener.Pool.Leased);
    }

    [Fact]
    public async Task A_stream_that_cannot_be_decoded_ends_the_transcoder_with_a_reason()
    {
        var listener = new RecordingListener();
        using var transcoder = ThreadedAudioTranscoder.Start(_library, new(), listener.Pool, listener);
        var format = new TrackFormat { Codec = Codec.H264, ClockRate = 0 };
        using Media.Buffers.PooledBuffer buffer = listener.Pool.RentCopy([1, 2, 3]);
        transcoder.Write(new MediaFrame(format, buffer, 0, 3, 0, 0, true));
        await transcoder.Ended.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.NotNull(listener.Fault);
    }

    private FlvSource Tone1Kilohertz(string rate, string options, int seconds) => new(_cli.Make(
        "tone.flv", $"-f lavfi -i aevalsrc=0.4*sin(2*PI*1000*t):s={rate}:d={seconds} -c:a aac {options}"));
}
