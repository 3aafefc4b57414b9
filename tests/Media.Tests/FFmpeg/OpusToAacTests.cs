using Media.Buffers;
using Media.Codecs;
using Media.FFmpeg;
using Xunit.Abstractions;

namespace Media.Tests.FFmpeg;

/// <summary>The way back from WebRTC: Opus with timestamps that count samples, to AAC.</summary>
[Trait("Suite", "inprocess")]
public sealed class OpusToAacTests(ITestOutputHelper log) : IDisposable
{
    private const int SampleRate = 48_000;
    private const int OpusSamples = 960;
    private const int AacFrame = 1024;
    private const int OpusDelay = 312; // of the encoder that made the source

    private readonly FFmpegLibrary _library = FFmpegLibrary.Load();
    private readonly BufferPool _pool = new();

    public void Dispose() => Assert.Equal(0, _pool.Leased);

    [Fact]
    public void A_tone_of_30_seconds_comes_through_without_gap_or_click()
    {
        using SoundRecording recording = Convert(Tone1Kilohertz(30), out AudioTranscoder transcoder);

        ReadOnlySpan<float> middle = recording.Samples[96_000..^96_000];
        double noise = Tone.SignalToNoise(middle, 1000), spread = Tone.LevelSpread(middle);
        log.WriteLine($"Opus to AAC: SNR {noise:F1} dB, level within {spread:F2} dB, {recording.Frames} frames");
        Assert.Empty(recording.Jumps);
        Assert.InRange(recording.Frames, 1400, 1410);
        Assert.InRange(noise, 30, 200);
        Assert.InRange(spread, 0, 1);
        Assert.Equal(0, transcoder.DamagedFrames + transcoder.Restarts + recording.Pool.Leased);
    }

    [Fact]
    public void The_configuration_says_what_is_made()
    {
        using var transcoder = new AudioTranscoder(_library, new AudioTranscoderOptions(Codec.Aac), _pool, _ => { });
        TrackFormat format = transcoder.OutputFormat;
        Assert.True(AacConfiguration.TryParse(format.Configuration.AsSpan(), out AacConfiguration configuration));
        Assert.Equal((Codec.Aac, SampleRate, 2), (format.Codec, format.ClockRate, format.Channels));
        Assert.Equal((AacConfiguration.LowComplexity, SampleRate, 2, AacFrame),
            (configuration.ObjectType, configuration.SampleRate, configuration.Channels, configuration.FrameLength));
    }

    [Fact]
    public void Sound_keeps_its_place_in_time_to_the_sample()
    {
        const long Start = 1_234_567;
        // A step in the tone's level after a second: it is looked for in the source's and in the result's samples.
        List<OpusFrame> source = Encode(2, at => (at < SampleRate ? 0.0 : 0.5) * Math.Sin(2 * Math.PI * 2000 * at / SampleRate), Start);
        using SoundRecording recording = Convert(source, out _);
        int onset = 0;
        while (Math.Abs(recording.Samples[2 * onset]) < 0.25) onset++;
        double seconds = (recording.FirstTime + onset - Start - OpusDelay) / (double)SampleRate;
        log.WriteLine($"onset at {seconds:F5} s");
        Assert.Equal(Start, recording.FirstTime);
        Assert.InRange(seconds, 0.998, 1.002);
        AssertFollows(source, recording);
    }

    [Fact]
    public void What_was_lost_is_silence_and_nothing_after_it_moves()
    {
        var random = new Random(3);
        List<OpusFrame> source = [.. Tone1Kilohertz(20).Where(frame => frame.Time == 0 || random.Next(20) != 0)];
        using SoundRecording recording = Convert(source, out AudioTranscoder transcoder);
        log.WriteLine($"{source.Count} of 1000 frames came, {recording.Frames} were made");
        Assert.Empty(recording.Jumps);
        Assert.InRange(recording.Frames, 930, 940);
        Assert.Equal(0, transcoder.Restarts);
        Assert.InRange(transcoder.ClockErrorSeconds, -0.0001, 0.0001);
    }

    [Fact]
    public void Pauses_in_which_nothing_was_sent_are_silence()
    {
        List<OpusFrame> source = [.. Tone1Kilohertz(10).Where(frame => frame.Time < 2 * SampleRate || frame.Time / OpusSamples % 20 == 0)];
        using SoundRecording recording = Convert(source, out AudioTranscoder transcoder);
        Assert.Empty(recording.Jumps);
        Assert.Equal(0, transcoder.Restarts);
        Assert.InRange(recording.LastTime / (double)SampleRate, 9.5, 10);
    }

    [Fact]
    public void A_jump_goes_on_at_the_new_time()
    {
        List<OpusFrame> source = [.. Tone1Kilohertz(6).Select(frame => frame with { Time = frame.Time + (frame.Time >= 3 * SampleRate ? 5 * SampleRate : 0) })];
        using SoundRecording recording = Convert(source, out AudioTranscoder transcoder);
        Assert.Equal(1, transcoder.Restarts);
        Assert.All(recording.Jumps, jump => Assert.True(jump.To > jump.From));
        (long from, long to) = recording.Jumps.MaxBy(jump => jump.To - jump.From);
        Assert.InRange(from / (double)SampleRate, 2.9, 3.05);
        Assert.InRange(to / (double)SampleRate, 7.97, 8.05);
    }

    [Fact]
    public async Task A_threaded_one_leaves_nothing_behind()
    {
        var listener = new RecordingListener();
        using var transcoder = ThreadedAudioTranscoder.Start(_library, new AudioTranscoderOptions(Codec.Aac), listener.Pool, listener);
        foreach (OpusFrame frame in Tone1Kilohertz(2)) Play(frame, f => transcoder.Write(f));
        listener.WaitForFrames(85);
        transcoder.Dispose();
        await transcoder.Ended.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Null(listener.Fault);
        Assert.Equal(0, listener.Pool.Leased);
    }

    /// <summary>The result is the source's own decoding, in its place: the best fit of the two is no sample away.</summary>
    private void AssertFollows(List<OpusFrame> source, SoundRecording recording)
    {
        using var reference = new SoundRecording(_library);
        foreach (OpusFrame frame in source) Play(frame, reference.Take);
        long shift = recording.FirstTime - reference.FirstTime;
        Assert.InRange(shift, 0, AacFrame);
        int best = Enumerable.Range(-40, 81).MinBy(lag => Distance(reference.Samples, recording.Samples, (int)shift + lag));
        Assert.Equal(0, best);
    }

    private static double Distance(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int shift)
    {
        double sum = 0;
        for (int i = SampleRate * 3 / 2; i < (SampleRate * 3 / 2) + 4800; i++)
        {
            double difference = a[2 * (i + shift)] - b[2 * i];
            sum += difference * difference;
        }

        return sum;
    }

    private SoundRecording Convert(IEnumerable<OpusFrame> source, out AudioTranscoder transcoder)
    {
        var recording = new SoundRecording(_library, AacFrame);
        using var made = new AudioTranscoder(_library, new AudioTranscoderOptions(Codec.Aac, 160_000), recording.Pool, recording.Take);
        foreach (OpusFrame frame in source) Play(frame, f => made.Transcode(f));
        transcoder = made;
        return recording;
    }

    private void Play(OpusFrame frame, Action<MediaFrame> take)
    {
        using PooledBuffer buffer = _pool.RentCopy(frame.Data);
        take(new MediaFrame(frame.Format, buffer, 0, buffer.Length, frame.Time, frame.Time, isKeyframe: true));
    }

    private List<OpusFrame> Tone1Kilohertz(int seconds) =>
        Encode(seconds, at => 0.4 * Math.Sin(2 * Math.PI * 1000 * at / SampleRate), 0);

    /// <param name="start">The timestamp of sample 0.</param>
    private List<OpusFrame> Encode(int seconds, Func<int, double> sound, long start)
    {
        var frames = new List<OpusFrame>();
        using AudioEncoder encoder = AudioEncoder.Open(_library, new AudioTranscoderOptions());
        for (int at = 0; at < seconds * SampleRate; at += OpusSamples)
        {
            Span<float> samples = encoder.Samples;
            for (int i = 0; i < OpusSamples; i++) samples[2 * i] = samples[(2 * i) + 1] = (float)sound(at + i);
            Assert.True(encoder.TryEncode(at, out ReadOnlySpan<byte> packet, out _));
            frames.Add(new OpusFrame(encoder.Format, packet.ToArray(), start + at));
        }

        return frames;
    }

    private sealed record OpusFrame(TrackFormat Format, byte[] Data, long Time);
}
