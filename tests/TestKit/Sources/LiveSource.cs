using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using TestKit.Processes;

namespace TestKit.Sources;

/// <summary>How FFmpeg is asked to encode what it gets.</summary>
public sealed record EncoderSettings
{
    public int Width { get; init; } = 640;

    public int Height { get; init; } = 360;

    public int FrameRate { get; init; } = 30;

    public bool HasVideo { get; init; } = true;

    public TestSound Sound { get; init; } = TestSound.Beeps;

    public int SampleRate { get; init; } = 48000;

    public int Channels { get; init; } = 2;

    /// <summary>FFmpeg's arguments for the video codec; empty = FFmpeg's defaults for H.264 in FLV.</summary>
    public string Video { get; init; } = "";

    public string Audio { get; init; } = "-c:a aac -b:a 128k";

    /// <summary>What a low-latency streamer uses: no B-frames, no lookahead, an IDR at each <paramref name="groupFrames"/>.</summary>
    public static EncoderSettings ZeroLatency(int groupFrames = 60) => new()
    {
        Video = string.Create(
            CultureInfo.InvariantCulture,
            $"-c:v libx264 -preset veryfast -tune zerolatency -b:v 1500k -maxrate 1500k -bufsize 1500k -g {groupFrames} -keyint_min {groupFrames} -sc_threshold 0"),
    };

    /// <summary>FFmpeg's own defaults: High profile, three B-frames, up to 250 frames between IDRs.</summary>
    public static EncoderSettings Defaults() => new() { Video = "-c:v libx264" };
}

/// <summary>
/// A streamer in real time: this process draws each picture with the wall clock's milliseconds (the low 16 bits) in its
/// barcode at the moment it hands it to FFmpeg, and the sound from the same clock. What a viewer reads is therefore the
/// time since the picture was drawn, pipe and encoder included, with an error of the clock's own millisecond.
/// </summary>
public sealed class LiveSource : IDisposable
{
    private const int ChunkMilliseconds = 10;

    private readonly EncoderSettings _settings;
    private readonly ChildProcess _ffmpeg;
    private readonly string? _fifo;
    private readonly List<Thread> _writers = [];
    private volatile bool _stopping;

    public LiveSource(string url, EncoderSettings settings, string? networkNamespace = null)
    {
        _settings = settings;
        bool isFifo = settings.HasVideo && settings.Sound != TestSound.None;
        _fifo = isFifo ? MakeFifo() : null;
        var arguments = new List<string> { "-hide_banner", "-loglevel", "warning", "-nostats", "-fflags", "nobuffer", "-probesize", "32", "-analyzeduration", "0" };
        if (settings.HasVideo) arguments.AddRange(VideoInput(settings));
        if (settings.Sound != TestSound.None) arguments.AddRange(SoundInput(settings, _fifo ?? "pipe:0"));
        if (settings.HasVideo) arguments.AddRange(Split(settings.Video));
        if (settings.Sound != TestSound.None) arguments.AddRange(Split(settings.Audio));
        arguments.AddRange(["-flush_packets", "1", "-f", "flv", url]);
        _ffmpeg = new ChildProcess("ffmpeg", arguments, pipeInput: true, networkNamespace: networkNamespace);
        StartMilliseconds = Now();
        if (settings.HasVideo) _writers.Add(RealTime.StartWriter(WriteVideo));
        if (settings.Sound != TestSound.None) _writers.Add(RealTime.StartWriter(WriteSound));
    }

    /// <summary>Unix time of frame 0 and sample 0: with a fixed group length the IDRs are at known instants after it.</summary>
    public long StartMilliseconds { get; }

    public ChildProcess Process => _ffmpeg;

    public static long Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    public void Dispose()
    {
        _stopping = true;
        _ffmpeg.Dispose();
        foreach (Thread writer in _writers) writer.Join(2000);
        if (_fifo is not null) Directory.Delete(Path.GetDirectoryName(_fifo)!, recursive: true);
    }

    private static string[] VideoInput(EncoderSettings s) =>
    [
        "-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", $"{s.Width}x{s.Height}", "-framerate", Text(s.FrameRate), "-i", "pipe:0",
    ];

    private static string[] SoundInput(EncoderSettings s, string from) =>
        ["-f", "s16le", "-ar", Text(s.SampleRate), "-ac", Text(s.Channels), "-i", from];

    private static string[] Split(string arguments) => arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string MakeFifo()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("gateway-sound-").FullName, "sound");
        using var process = new ChildProcess("mkfifo", [path]);
        process.WaitForExitAsync().Wait();
        return path;
    }

    private void WriteVideo()
    {
        var picture = new BarcodePicture(_settings.Width, _settings.Height);
        Stream output = _ffmpeg.Input;
        for (long frame = 0; !_stopping; frame++)
        {
            RealTime.SleepUntil(StartMilliseconds + (frame * 1000.0 / _settings.FrameRate));
            output.Write(picture.Draw((int)(Now() & 0xFFFF)));
            output.Flush();
        }
    }

    private void WriteSound()
    {
        using Stream? fifo = _fifo is null ? null : new FileStream(_fifo, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        Stream output = fifo ?? _ffmpeg.Input;
        int chunk = _settings.SampleRate * ChunkMilliseconds / 1000;
        short[] samples = new short[chunk * _settings.Channels];
        for (long at = 0; !_stopping; at += chunk)
        {
            // A sound card hands a chunk over when its last sample was heard.
            RealTime.SleepUntil(StartMilliseconds + ((at + chunk) * 1000.0 / _settings.SampleRate));
            TestSoundWriter.Write(_settings.Sound, samples, _settings.Channels, _settings.SampleRate, StartMilliseconds, at);
            output.Write(MemoryMarshal.AsBytes(samples.AsSpan()));
            output.Flush();
        }
    }
}
