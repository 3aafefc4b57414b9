using Media;

namespace Rooms.Tracks;

/// <summary>A track in the form of frames. Video keeps its current group, so that a taker can start at once.</summary>
public abstract class FrameTrack(string id, Publication publication) : Track(id, publication)
{
    public override TrackForm Form => TrackForm.Frames;

    /// <summary>The frames since the last keyframe; empty for audio.</summary>
    public GopCache Cache { get; } =
        new((int)publication.Context.Options.GopCacheTime.TotalSeconds, publication.Context.Options.GopCacheBytes);

    /// <summary>
    /// Adds a taker. With <paramref name="replayCache"/> it gets the cached group first, inside this call.
    /// </summary>
    public Subscription Subscribe(IFrameSink sink, bool replayCache = false)
    {
        Subscription subscription = Add(sink);
        if (replayCache) Cache.Replay(sink);
        return subscription;
    }

    /// <summary>Takes one frame of the source and hands it to everyone.</summary>
    protected void Dispatch(in MediaFrame frame)
    {
        Format = frame.Format;
        Statistics.Count(frame.Length, frame.IsKeyframe);
        if (frame.Format.Kind == MediaKind.Video) Cache.Add(frame);
        foreach (Subscription taker in Takers)
            if (taker.IsActive) ((IFrameSink)taker.Sink).OnFrame(frame);
    }

    protected override void OnClosing(CloseReason reason) => Cache.Clear();
}
