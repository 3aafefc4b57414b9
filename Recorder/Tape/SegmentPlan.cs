using Media;

namespace Recorder.Tape;

/// <summary>What is to be done with a frame.</summary>
internal enum SegmentStep
{
    /// <summary>It goes into the segment that is open.</summary>
    Write,

    /// <summary>A new segment begins with it.</summary>
    Cut,

    /// <summary>It fits into no segment before the next keyframe.</summary>
    Skip,
}

/// <summary>Why a segment ends.</summary>
internal enum CutReason
{
    None,
    Limit,
    Gap,
    FormatChanged,
    TrackAdded,
}

/// <summary>
/// Decides where a segment ends: at a keyframe once it is long or large enough, where nothing came for more than two seconds,
/// and where a track's sample entry changes or a track is added. Pure.
/// </summary>
internal sealed class SegmentPlan(RecorderOptions options)
{
    /// <summary>A publisher that was silent for longer was away.</summary>
    public const long LongestSilence = 2 * TimeSpan.TicksPerSecond;

    private CutReason _wanted;

    /// <summary>A keyframe would help: what comes can't be written until then.</summary>
    public bool WantsKeyframe => _wanted != CutReason.None;

    public CutReason Reason { get; private set; }

    public void Begin()
    {
        _wanted = CutReason.None;
        Reason = CutReason.None;
    }

    public SegmentStep Decide(SegmentWriter segment, in MediaFrame frame)
    {
        bool isVideo = frame.Format.Kind == MediaKind.Video;
        bool hasVideo = segment.Track(MediaKind.Video) is not null;
        bool mayCut = isVideo ? frame.IsKeyframe : !hasVideo;
        long time = frame.PresentationTicks();
        if (segment.Newest != long.MinValue && time - segment.Newest > LongestSilence && (mayCut || !isVideo)) return Cut(CutReason.Gap);
        if (Misfit(segment, frame.Format) is var misfit and not CutReason.None)
        {
            if (mayCut) return Cut(misfit);
            _wanted = misfit;
            return SegmentStep.Skip;
        }

        if (!mayCut || isVideo != hasVideo) return SegmentStep.Write;
        if (_wanted != CutReason.None) return Cut(_wanted);
        bool isFull = time - segment.Zero >= options.SegmentTime.Ticks || segment.Bytes >= options.SegmentBytes;
        return isFull && segment.Newest != long.MinValue ? Cut(CutReason.Limit) : SegmentStep.Write;
    }

    /// <summary>Whether a decoder set up for the one takes the other.</summary>
    public static bool SameEntry(TrackFormat a, TrackFormat b) =>
        ReferenceEquals(a, b) || a.SameAs(b) || (a.Video is { } video && b.Video is { } other && SameEntryOfVideo(a, b, video, other));

    // What the stream says of its rate does not matter to a file that has a time for each frame.
    private static bool SameEntryOfVideo(TrackFormat a, TrackFormat b, VideoProperties video, VideoProperties other) =>
        (a with { Video = null }).SameAs(b with { Video = null })
        && video.Width == other.Width && video.Height == other.Height && video.Profile == other.Profile && video.BitDepth == other.BitDepth;

    private static CutReason Misfit(SegmentWriter segment, TrackFormat format)
    {
        if (segment.Track(format.Kind) is not { } track) return CutReason.TrackAdded;
        return SameEntry(track.Format, format) ? CutReason.None : CutReason.FormatChanged;
    }

    private SegmentStep Cut(CutReason reason)
    {
        Reason = reason;
        return SegmentStep.Cut;
    }
}
