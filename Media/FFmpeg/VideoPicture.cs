using Media.FFmpeg.Native;

namespace Media.FFmpeg;

/// <summary>
/// A decoded picture. Reference-counted like a <see cref="Buffers.PooledBuffer"/>: whoever is called borrows it, whoever
/// keeps it calls <see cref="AddReference"/> and later <see cref="Dispose"/>. Its content is never written to. Any thread.
/// </summary>
public sealed class VideoPicture : IDisposable
{
    private int _references = 1;

    internal VideoPicture(FrameHandle frame, VideoColor color)
    {
        Frame = frame;
        Color = color;
    }

    public int Width => Frame.Width;

    public int Height => Frame.Height;

    /// <summary>In the ticks of the frame it was decoded from (90 kHz).</summary>
    public long PresentationTime => Frame.Pts;

    internal FrameHandle Frame { get; }

    internal VideoColor Color { get; }

    public VideoPicture AddReference()
    {
        if (Interlocked.Increment(ref _references) <= 1) ThrowReleased();
        return this;
    }

    public void Dispose()
    {
        int left = Interlocked.Decrement(ref _references);
        if (left < 0) ThrowReleased();
        if (left == 0) Frame.Dispose();
    }

    private static void ThrowReleased() => throw new InvalidOperationException("The picture was already released.");
}

/// <summary>How the samples are to be understood: the code points of ITU-T H.273; range 1 = limited, 2 = full.</summary>
internal readonly record struct VideoColor(int Range, int Matrix, int Primaries, int Transfer);
