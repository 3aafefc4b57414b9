using Media;
using Recorder.Tape;
using Rooms;
using Rooms.Tracks;

namespace Recorder;

/// <summary>One track that is being recorded: its frames go into the queue to the recorder's thread. Publication's loop.</summary>
internal sealed class RecordedFeed(FrameTrack track, FrameMerge frames, Action<RecordedFeed> onClosed) : IFrameSink
{
    private Subscription? _subscription;

    public FrameTrack Track { get; } = track;

    /// <summary>Takes the track from its current group on, or from the next frame.</summary>
    public void Start(bool withGroup) => _subscription = Track.Subscribe(this, replayCache: withGroup);

    public void Stop() => _subscription?.Dispose();

    public void OnFrame(in MediaFrame frame) => frames.Write(frame);

    public void OnClosed(CloseReason reason) => onClosed(this);
}
