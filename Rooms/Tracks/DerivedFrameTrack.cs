using Media;

namespace Rooms.Tracks;

/// <summary>Frames made from another track's frames. It takes its source while it exists, and looks like any track.</summary>
public abstract class DerivedFrameTrack(string id, FrameTrack source) : FrameTrack(id, source.Publication), IFrameSink
{
    private Subscription? _upstream;

    protected FrameTrack Source { get; } = source;

    public virtual void Start() => _upstream = Source.Subscribe(this, replayCache: true);

    public abstract void OnFrame(in MediaFrame frame);

    public virtual void OnClosed(CloseReason reason) => Close(reason);

    public override void RequestKeyframe() => Source.RequestKeyframe();

    protected override void OnClosing(CloseReason reason)
    {
        _upstream?.Dispose();
        base.OnClosing(reason);
    }
}
