using Media;

namespace Rooms.Tracks;

/// <summary>Takes the frames of a track, on the track's loop. A format change shows as a frame with another format.</summary>
public interface IFrameSink
{
    /// <summary>The frame is borrowed: add a reference to keep it.</summary>
    void OnFrame(in MediaFrame frame);

    /// <summary>No frame follows. Called once, unless the subscription was disposed before.</summary>
    void OnClosed(CloseReason reason);
}
