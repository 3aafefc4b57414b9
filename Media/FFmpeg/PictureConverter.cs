using System.Globalization;
using Media.FFmpeg.Native;

namespace Media.FFmpeg;

/// <summary>Brings pictures to 8-bit 4:2:0 of the encoder's size; those that are so already only gain a reference.</summary>
internal sealed class PictureConverter(VideoEncoderSettings settings) : IDisposable
{
    private FilterGraphHandle? _graph;
    private (int Width, int Height, int Format) _source;

    public void Convert(VideoPicture picture, FrameHandle result)
    {
        FFmpegException.ThrowIfError(AvUtil.av_frame_ref(result, picture.Frame), "reference a picture");
        if (Fits(picture)) return;
        var source = (picture.Width, picture.Height, picture.Frame.Format);
        if (_graph is null || source != _source) Build(source);
        _graph!.Push(result);
        if (!_graph.TryPull(result)) throw new FFmpegException("the scaler gave no picture");
    }

    public void Dispose() => _graph?.Dispose();

    private bool Fits(VideoPicture picture) =>
        picture.Width == settings.Width && picture.Height == settings.Height
        && (picture.Frame.Format == PixelFormat.Yuv420
            || (picture.Frame.Format == PixelFormat.Yuv420FullRange && settings.Codec == Codec.H264));

    private void Build((int Width, int Height, int Format) source)
    {
        _graph?.Dispose();
        _graph = null;
        // H.264 says in its parameter sets that the range is full, VP8 can't.
        bool keepFullRange = source.Format == PixelFormat.Yuv420FullRange && settings.Codec == Codec.H264;
        string range = settings.Codec == Codec.H264 ? "" : ":out_range=tv";
        _graph = FilterGraphHandle.Create(
            ("buffer", string.Create(CultureInfo.InvariantCulture,
                $"video_size={source.Width}x{source.Height}:pix_fmt={source.Format}:time_base=1/90000:pixel_aspect=1/1")),
            ("scale", string.Create(CultureInfo.InvariantCulture,
                $"w={settings.Width}:h={settings.Height}:flags=bilinear{range}")),
            ("format", keepFullRange ? "yuvj420p" : "yuv420p"),
            ("buffersink", null));
        _source = source;
    }
}
