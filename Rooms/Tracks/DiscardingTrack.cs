using Media;

namespace Rooms.Tracks;

/// <summary>
/// A track without its B-frames. Only made where no other frame refers to them (nal_ref_idc 0 on every one): without
/// referenced frames the picture would be destroyed.
/// </summary>
internal sealed class DiscardingTrack(string id, FrameTrack source) : DerivedFrameTrack(id, source)
{
    private long _latestPresentation = long.MinValue;

    public override void OnFrame(in MediaFrame frame)
    {
        if (!frame.IsKeyframe && frame.PresentationTime < _latestPresentation) return;
        _latestPresentation = frame.PresentationTime;
        Dispatch(frame);
    }
}
