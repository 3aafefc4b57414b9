using System.Runtime.InteropServices;
using Media.Buffers;
using Media.FFmpeg;

namespace Media.Tests.FFmpeg;

/// <summary>Takes the frames of an audio transcoder, checks their times, and decodes them.</summary>
internal sealed class SoundRecording(FFmpegLibrary library, int samplesPerFrame = 960) : IDisposable
{
    private readonly List<float> _samples = [];
    private AudioDecoder? _decoder;

    public BufferPool Pool { get; } = new();

    public long FirstTime { get; private set; } = long.MinValue;

    public long LastTime { get; private set; }

    public int Frames { get; private set; }

    /// <summary>Places where a frame did not follow the one before at once.</summary>
    public List<(long From, long To)> Jumps { get; } = [];

    /// <summary>Decoded, 48 kHz stereo; sample 0 has <see cref="FirstTime"/>.</summary>
    public ReadOnlySpan<float> Samples => CollectionsMarshal.AsSpan(_samples);

    public void Take(MediaFrame frame)
    {
        if (FirstTime == long.MinValue) FirstTime = frame.PresentationTime;
        else if (frame.PresentationTime != LastTime + samplesPerFrame) Jumps.Add((LastTime, frame.PresentationTime));
        LastTime = frame.PresentationTime;
        Frames++;
        _decoder ??= new AudioDecoder(library, frame.Format);
        Assert.True(_decoder.TrySend(frame));
        while (_decoder.TryReceive(out _, out _))
            while (_decoder.TryRead(out ReadOnlySpan<float> samples)) _samples.AddRange(samples);
    }

    public void Dispose() => _decoder?.Dispose();
}
