using System.Collections.Immutable;

namespace Media.Rtp.Payloads;

/// <summary>The format of a video track whose pictures themselves tell their size.</summary>
internal sealed class PictureFormat(Codec codec)
{
    private const int ClockRate = 90_000;

    /// <summary>Null before the first keyframe.</summary>
    public TrackFormat? Current { get; private set; }

    /// <summary>Takes what a keyframe says; something else than before makes a new version.</summary>
    public void Update(VideoProperties video, ReadOnlySpan<byte> configuration = default)
    {
        if (Current is not null && video == Current.Video && configuration.SequenceEqual(Current.Configuration.AsSpan())) return;
        Current = new TrackFormat
        {
            Codec = codec,
            ClockRate = ClockRate,
            Version = Current is null ? 0 : Current.Version + 1,
            Video = video,
            Configuration = [.. configuration],
        };
    }

    public void Update(int width, int height)
    {
        // Spares the usual case the object.
        if (Current?.Video is { } video && video.Width == width && video.Height == height) return;
        Update(new VideoProperties(width, height, 0));
    }
}
