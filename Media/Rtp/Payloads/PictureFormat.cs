namespace Media.Rtp.Payloads;

/// <summary>The format of a video track whose pictures themselves tell their size.</summary>
internal sealed class PictureFormat(Codec codec)
{
    private const int ClockRate = 90_000;

    /// <summary>Null before the first keyframe.</summary>
    public TrackFormat? Current { get; private set; }

    /// <summary>Takes the size of a keyframe; another one than before makes a new version.</summary>
    public void Update(int width, int height, byte profile = 0)
    {
        if (Current?.Video is { } video && video.Width == width && video.Height == height && video.Profile == profile) return;
        Current = new TrackFormat
        {
            Codec = codec,
            ClockRate = ClockRate,
            Version = Current is null ? 0 : Current.Version + 1,
            Video = new VideoProperties(width, height, 0, profile),
        };
    }
}
