namespace Media.Codecs;

/// <summary>
/// Learns from the frames of an H.264 stream whether it has B-frames, and whether they could be left out: only where no
/// other picture refers to any of them. Encoders' headers are not believed. One thread, no clock.
/// </summary>
public sealed class ReorderDetector
{
    private long _latest = long.MinValue;
    private bool _latestKept = true;

    /// <summary>Frames seen so far: a verdict from a few frames says little (x264 opens a group with P-frames).</summary>
    public long Frames { get; private set; }

    /// <summary>Frames that hold B-slices or were shown before one that was decoded earlier.</summary>
    public long BFrames { get; private set; }

    /// <summary>B-frames that other pictures refer to.</summary>
    public long ReferencedBFrames { get; private set; }

    public bool HasBFrames => BFrames > 0;

    /// <summary>True where there are B-frames and the rest is a whole stream in order without them.</summary>
    public bool CanDropBFrames => HasBFrames && ReferencedBFrames == 0 && _latestKept;

    /// <summary>Sees a canonical H.264 frame.</summary>
    /// <returns>True where it is a B-frame.</returns>
    public bool Observe(in MediaFrame frame) => Observe(
        frame.PresentationTime, frame.IsKeyframe, H264Frame.HasBidirectionalSlices(frame.Data),
        !frame.IsDiscardable && H264Frame.IsReference(frame.Data));

    /// <summary>Sees one frame; the frames come in decoding order.</summary>
    public bool Observe(long presentationTime, bool isKeyframe, bool hasBSlices, bool isReference)
    {
        Frames++;
        // Nothing after an IDR picture is shown before it, and a publisher's jump in time begins with one.
        if (isKeyframe) _latest = long.MinValue;
        bool backwards = presentationTime < _latest;
        bool isBFrame = hasBSlices || backwards;
        if (isBFrame) BFrames++;
        if (isBFrame && isReference) ReferencedBFrames++;
        bool dropped = isBFrame && !isReference;
        if (!dropped && backwards) _latestKept = false;
        if (!dropped) _latest = Math.Max(_latest, presentationTime);
        return isBFrame;
    }

    /// <summary>Forgets everything, for a publisher that came back with other settings.</summary>
    public void Reset()
    {
        Frames = BFrames = ReferencedBFrames = 0;
        _latest = long.MinValue;
        _latestKept = true;
    }
}
