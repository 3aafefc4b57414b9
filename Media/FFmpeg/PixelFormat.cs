namespace Media.FFmpeg;

/// <summary>The values of AVPixelFormat that are known here; they never change.</summary>
internal static class PixelFormat
{
    /// <summary>AV_PIX_FMT_YUV420P.</summary>
    public const int Yuv420 = 0;

    /// <summary>AV_PIX_FMT_YUVJ420P: the same planes with samples of full range.</summary>
    public const int Yuv420FullRange = 12;
}
