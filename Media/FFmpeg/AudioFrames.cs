using Media.FFmpeg.Native;

namespace Media.FFmpeg;

/// <summary>
/// Makes audio frames to fill. An AVFrame's audio fields lie at other places in each release, so an empty frame with the
/// right ones is taken out of a filter graph and only its samples are written.
/// </summary>
internal static class AudioFrames
{
    /// <summary>AV_SAMPLE_FMT_FLT and AV_SAMPLE_FMT_FLTP.</summary>
    public const int Interleaved = 3, Planar = 8;

    public static FrameHandle CreateSilence(int sampleRate, int samples, int sampleFormat)
    {
        string format = sampleFormat == Interleaved ? "flt" : "fltp";
        using FilterGraphHandle graph = FilterGraphHandle.Create(
            ("anullsrc", $"sample_rate={sampleRate}:channel_layout=stereo:nb_samples={samples}"),
            ("aformat", $"sample_fmts={format}:sample_rates={sampleRate}:channel_layouts=stereo"),
            ("abuffersink", null));
        var frame = new FrameHandle();
        try
        {
            if (!graph.TryPull(frame)) throw new FFmpegException("the silent source gave no frame");
            if (frame.SampleCount == samples && frame.Format == sampleFormat) return frame;
            throw new FFmpegException("the silent source gave another frame than asked for");
        }
        catch
        {
            frame.Dispose();
            throw;
        }
    }
}
