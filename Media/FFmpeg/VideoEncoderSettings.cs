namespace Media.FFmpeg;

/// <summary>What one run of an encoder is set to; a change of anything but the bitrate needs a new encoder.</summary>
/// <param name="Codec">H.264 (constrained baseline) or VP8.</param>
/// <param name="Width">Even; pictures of another size are scaled to it.</param>
/// <param name="FrameRate">Pictures per second, for rate control only: times pass through exactly.</param>
/// <param name="Fastest">The fastest preset instead of the good one.</param>
/// <param name="Threads">Of H.264; VP8 always takes one.</param>
public sealed record VideoEncoderSettings(
    Codec Codec, int Width, int Height, double FrameRate, int Bitrate, bool Fastest = false, int Threads = 2);
