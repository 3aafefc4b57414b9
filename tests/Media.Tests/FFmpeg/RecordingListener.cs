using Media.Buffers;
using Media.Codecs;
using Media.FFmpeg;

namespace Media.Tests.FFmpeg;

/// <summary>Keeps what a threaded transcoder gives out, and lets a test wait for it.</summary>
internal sealed class RecordingListener : ITranscodeListener
{
    private readonly object _gate = new();
    private readonly List<EncodedFrame> _frames = [];

    public BufferPool Pool { get; } = new();

    public List<TranscodeStep> Steps { get; } = [];

    /// <summary>Called after each frame, on the transcoder's thread.</summary>
    public Action? AfterFrame { get; set; }

    public string? Fault { get; private set; }

    public IReadOnlyList<EncodedFrame> Frames
    {
        get
        {
            lock (_gate) return [.. _frames];
        }
    }

    public void OnFrame(in MediaFrame frame)
    {
        lock (_gate)
        {
            _frames.Add(new EncodedFrame(frame.Format, frame.Data.ToArray(), frame.PresentationTime, frame.IsKeyframe));
            Monitor.PulseAll(_gate);
        }

        AfterFrame?.Invoke();
    }

    public void OnStepChanged(TranscodeStep step, TimeSpan lag)
    {
        lock (_gate) Steps.Add(step);
    }

    public void OnFault(string reason)
    {
        lock (_gate)
        {
            Fault = reason;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until that many frames have come in all.</summary>
    public void WaitForFrames(int count)
    {
        long deadline = Environment.TickCount64 + 60_000;
        lock (_gate)
            while (_frames.Count < count && Fault is null && Environment.TickCount64 < deadline) Monitor.Wait(_gate, 1000);
        Assert.Null(Fault);
        Assert.True(Frames.Count >= count, $"only {Frames.Count} of {count} frames came");
    }
}

/// <summary>A copy of a frame, free of its buffer.</summary>
internal sealed record EncodedFrame(TrackFormat Format, byte[] Data, long Time, bool IsKeyframe)
{
    /// <summary>As a byte stream that the ffmpeg program reads.</summary>
    public static void Save(string path, IEnumerable<EncodedFrame> frames)
    {
        using FileStream file = File.Create(path);
        foreach (EncodedFrame frame in frames)
        {
            var sets = frame.IsKeyframe ? frame.Format.ParameterSets : [];
            var stream = new byte[H264Frame.AnnexBLength(frame.Data, sets)];
            file.Write(stream.AsSpan(0, H264Frame.WriteAnnexB(frame.Data, sets, stream)));
        }
    }

    /// <summary>VP8 as an IVF file.</summary>
    public static void SaveIvf(string path, IReadOnlyList<EncodedFrame> frames)
    {
        using var file = new BinaryWriter(File.Create(path));
        file.Write("DKIF\0\0 \0VP80"u8);
        file.Write((ushort)frames[0].Format.Video!.Width);
        file.Write((ushort)frames[0].Format.Video!.Height);
        file.Write(90_000);
        file.Write(1);
        file.Write((long)frames.Count);
        foreach (EncodedFrame frame in frames)
        {
            file.Write(frame.Data.Length);
            file.Write(frame.Time);
            file.Write(frame.Data);
        }
    }
}
