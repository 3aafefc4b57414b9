namespace Media.FFmpeg;

/// <param name="Target">What is made: H.264 (constrained baseline) or VP8.</param>
/// <param name="SourceBitrate">Bits per second of the source if known already; else a guess until it was measured.</param>
/// <param name="SourceFrameRate">Frames per second if known better than the source's own signalling.</param>
/// <param name="StartEncoding">False: only decode until <see cref="VideoTranscoder.Resume"/>.</param>
/// <param name="EncoderThreads">0 = by the number of cores.</param>
public sealed record VideoTranscoderOptions(
    Codec Target, int SourceBitrate = 0, double SourceFrameRate = 0, bool StartEncoding = true, int EncoderThreads = 0)
{
    /// <summary>Frames that may wait for the decoder; more drop to the next keyframe.</summary>
    public int QueuedFrames { get; init; } = 300;

    /// <summary>Called on the encoder's thread before each picture: tests slow it down here. Null = nothing.</summary>
    public Action? BeforeEncoding { get; init; }

    /// <summary>Requests for keyframes closer together than this are answered by one.</summary>
    public TimeSpan KeyframeInterval { get; init; } = TimeSpan.FromSeconds(1);
}
