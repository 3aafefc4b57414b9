using Media;
using Rooms.Tracks;

namespace Rooms.Tests;

/// <summary>Remembers frames (without their payload) and the end.</summary>
internal sealed class CollectingSink : IFrameSink
{
    public List<MediaFrame> Frames { get; } = [];

    public CloseReason? Closed { get; private set; }

    public void OnFrame(in MediaFrame frame) => Frames.Add(frame);

    public void OnClosed(CloseReason reason) => Closed = reason;
}
