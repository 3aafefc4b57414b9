using Media;
using Rooms;

namespace Recorder.Tape;

/// <summary>What the wall clock showed at a place of a publication's timeline: made on its loop, read on the recorder's thread.</summary>
internal sealed record WallClock(long MediaTime, DateTimeOffset Time)
{
    public static WallClock Of(Publication publication)
    {
        long now = publication.Loop.Now;
        return new WallClock(publication.Timeline.MediaTimeAt(now), publication.Timeline.WallClockAt(now));
    }

    /// <param name="mediaTime">In ticks of 100 ns.</param>
    public DateTimeOffset At(long mediaTime) => Time.AddTicks(mediaTime - MediaTime);
}

internal static class FrameTimes
{
    public static long DecodeTicks(this in MediaFrame frame) => Timeline.ToTicks(frame.DecodeTime, frame.Format.ClockRate);

    public static long PresentationTicks(this in MediaFrame frame) => Timeline.ToTicks(frame.PresentationTime, frame.Format.ClockRate);
}
