using Media;
using Media.Rtp;
using Rooms.Tracks;

namespace Egress.WebRtc;

/// <summary>How long a viewer's decoder is busy with a cached group, which is what a fast start takes at least.</summary>
internal static class DecodeCost
{
    // Measured with a software decoder in a browser: 1.6 ms a frame at 640x360, 5 to 7 ms at 1920x1080.
    private const double BaseMilliseconds = 1.0;
    private const double MillisecondsPerMegapixel = 2.4;
    private const double UsualFrameRate = 30;
    private const int UsualPixels = 1280 * 720;

    /// <param name="duration">Of the group, in ticks of the format's clock rate.</param>
    /// <param name="frameRate">As measured; 0 = not known.</param>
    public static TimeSpan Of(TrackFormat format, long duration, double frameRate)
    {
        int pixels = format.Video is { } video ? video.Width * video.Height : UsualPixels;
        double frames = 1 + (duration / (double)format.ClockRate * (frameRate > 0 ? frameRate : UsualFrameRate));
        return TimeSpan.FromMilliseconds(frames * (BaseMilliseconds + (MillisecondsPerMegapixel * pixels / 1e6)));
    }

    /// <summary>Could a viewer that begins with the track's group be at live soon?</summary>
    public static bool IsGroupShort(PacketTrack track, TimeSpan most)
    {
        PacketHistory history = track.History;
        if (history.GroupStart < 0 || track.Format is not { } format) return false;
        if (!history.TryGet(history.GroupStart, out RtpPacket first) || !history.TryGet(history.Next - 1, out RtpPacket last))
            return false;
        return Of(format, last.Timestamp - first.Timestamp, track.SourceFrameRate) <= most;
    }
}
