using System.Globalization;
using Media.FFmpeg.Native;

namespace Media.FFmpeg;

/// <summary>A small still picture of a video, made of one keyframe. Any thread; takes some milliseconds.</summary>
public static class JpegPicture
{
    /// <param name="maxWidth">What is wider is scaled down.</param>
    /// <returns>The JPEG file, or null where the frame could not be decoded.</returns>
    /// <exception cref="FFmpegException">FFmpeg is missing, or has no encoder of JPEG.</exception>
    public static byte[]? Of(FFmpegLibrary library, in MediaFrame keyframe, int maxWidth)
    {
        using var decoder = new VideoDecoder(library);
        VideoPicture? picture = null;
        decoder.Decode(keyframe, skipNonReference: false, decoded => picture ??= decoded.AddReference());
        if (picture is null) decoder.Drain(decoded => picture ??= decoded.AddReference());
        if (picture is null) return null;
        using (picture) return Encode(picture, maxWidth);
    }

    private static byte[]? Encode(VideoPicture picture, int maxWidth)
    {
        int width = Math.Min(maxWidth, picture.Width) & ~1;
        int height = (int)((long)picture.Height * width / picture.Width) & ~1;
        if (width < 2 || height < 2) return null;
        using var frame = new FrameHandle();
        FFmpegException.ThrowIfError(AvUtil.av_frame_ref(frame, picture.Frame), "reference a picture");
        using FilterGraphHandle graph = FilterGraphHandle.Create(
            ("buffer", string.Create(CultureInfo.InvariantCulture,
                $"video_size={picture.Width}x{picture.Height}:pix_fmt={frame.Format}:time_base=1/90000:pixel_aspect=1/1")),
            ("scale", string.Create(CultureInfo.InvariantCulture, $"w={width}:h={height}:flags=bilinear:out_range=pc")),
            ("format", "yuvj420p"),
            ("buffersink", null));
        graph.Push(frame);
        if (!graph.TryPull(frame)) return null;
        frame.PictureType = PictureType.Any;
        using CodecContextHandle encoder = CodecContextHandle.OpenEncoder(
            "mjpeg", -1, ("video_size", $"{width}x{height}"), ("pixel_format", "yuvj420p"), ("time_base", "1/25"), ("threads", "1"), ("qmin", "3"), ("qmax", "5"));
        FFmpegException.ThrowIfError(AvCodec.avcodec_send_frame(encoder, frame), "encode JPEG");
        using var packet = new PacketHandle();
        return AvCodec.avcodec_receive_packet(encoder, packet) >= 0 ? packet.Data.ToArray() : null;
    }
}
