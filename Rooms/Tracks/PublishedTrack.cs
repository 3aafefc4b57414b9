using Media;
using Media.Codecs;

namespace Rooms.Tracks;

/// <summary>A track as its publisher sends it, in frames. In packets: <see cref="PublishedPacketTrack"/>.</summary>
public sealed class PublishedTrack : FrameTrack
{
    private readonly ReorderDetector _reorder = new();
    private BrowserCompatibility _compatibility = BrowserCompatibility.Unknown;
    private TrackFormat? _judged;

    internal PublishedTrack(string id, Publication publication) : base(id, publication)
    {
    }

    public override bool IsPublished => true;

    public override BrowserCompatibility Compatibility => _compatibility;

    /// <summary>B-frames are all that stands in the way, and no other frame refers to any of them.</summary>
    public bool CanDropBFrames => _reorder.CanDropBFrames && Compatibility.OnlyBFrames;

    internal void Write(in MediaFrame frame)
    {
        TrackFormat? before = Format;
        if (before is not null && before.Codec != frame.Format.Codec) OnOtherCodec(before.Codec);
        if (frame.Format.Kind == MediaKind.Video) Judge(frame);
        if (before?.Codec != frame.Format.Codec)
        {
            Format = frame.Format;
            Publication.OnTrackBegins();
        }

        Dispatch(frame);
        if (!ReferenceEquals(before, frame.Format) && !frame.Format.SameAs(before))
            Publication.OnTrackChanged(this, isNew: before is null);
    }

    /// <summary>The next frame is another publisher's, or the same one's with other settings.</summary>
    internal override void OnPublisherChanged() => _reorder.Reset();

    private void OnOtherCodec(Codec before)
    {
        Cache.Clear();
        _compatibility = BrowserCompatibility.Unknown;
        Publication.Views.Invalidate(before.Kind());
    }

    private void Judge(in MediaFrame frame)
    {
        bool hadBFrames = _reorder.HasBFrames;
        bool couldDrop = _reorder.CanDropBFrames;
        if (frame.Format.Codec == Codec.H264) _reorder.Observe(frame);
        bool news = hadBFrames != _reorder.HasBFrames || couldDrop != _reorder.CanDropBFrames;
        if (!news && ReferenceEquals(_judged, frame.Format)) return;
        _judged = frame.Format;

        BrowserCompatibility before = Compatibility;
        _compatibility = BrowserCompatibility.Of(frame.Format, _reorder.HasBFrames);
        bool changed = !Compatibility.Equals(before) || (couldDrop && !_reorder.CanDropBFrames);
        if (before.IsKnown && changed) Publication.Views.Invalidate(MediaKind.Video);
    }
}
