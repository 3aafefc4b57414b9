using System.Runtime.InteropServices;

namespace Media.FFmpeg.Native;

/// <summary>An AVFrame, read and written through the prefix that all known releases share.</summary>
internal sealed unsafe class FrameHandle : SafeHandle
{
    // struct AVFrame: data[8], linesize[8], extended_data, width, height, nb_samples, format, ...
    private const int LineSizeOffset = 64;
    private const int WidthOffset = 104;
    private const int HeightOffset = 108;
    private const int SampleCountOffset = 112;
    private const int FormatOffset = 116;
    private const int PtsOffset = 136;

    public FrameHandle()
        : base(0, true)
    {
        SetHandle(AvUtil.av_frame_alloc());
        if (IsInvalid) throw new FFmpegException("no memory for a frame");
    }

    public override bool IsInvalid => handle == 0;

    public int Width
    {
        get => *(int*)(handle + WidthOffset);
        set => *(int*)(handle + WidthOffset) = value;
    }

    public int Height
    {
        get => *(int*)(handle + HeightOffset);
        set => *(int*)(handle + HeightOffset) = value;
    }

    public int SampleCount => *(int*)(handle + SampleCountOffset);

    /// <summary>AVPixelFormat or AVSampleFormat.</summary>
    public int Format
    {
        get => *(int*)(handle + FormatOffset);
        set => *(int*)(handle + FormatOffset) = value;
    }

    public long Pts
    {
        get => *(long*)(handle + PtsOffset);
        set => *(long*)(handle + PtsOffset) = value;
    }

    public PictureType PictureType
    {
        get => (PictureType)(*(int*)(handle + NativeLibraries.Release.PictureTypeOffset));
        set => *(int*)(handle + NativeLibraries.Release.PictureTypeOffset) = (int)value;
    }

    public int LineSize(int plane) => *(int*)(handle + LineSizeOffset + (4 * plane));

    /// <summary>One line of a plane of 8-bit samples.</summary>
    public Span<byte> Line(int plane, int line, int length) =>
        new(*(byte**)(handle + (8 * plane)) + ((nint)line * LineSize(plane)), length);

    /// <summary>The samples of an interleaved float frame.</summary>
    public Span<float> InterleavedSamples(int channels) => new(*(float**)handle, SampleCount * channels);

    /// <summary>One channel of a planar float frame of up to eight.</summary>
    public Span<float> PlanarSamples(int channel) => new(*(float**)(handle + (8 * channel)), SampleCount);

    public void Unreference() => AvUtil.av_frame_unref(this);

    public void MakeWritable() =>
        FFmpegException.ThrowIfError(AvUtil.av_frame_make_writable(this), "make a frame writable");

    protected override bool ReleaseHandle()
    {
        nint frame = handle;
        AvUtil.av_frame_free(&frame);
        return true;
    }
}

/// <summary>AVPictureType, as far as it is asked for.</summary>
internal enum PictureType
{
    Any = 0,
    Intra = 1,
}
