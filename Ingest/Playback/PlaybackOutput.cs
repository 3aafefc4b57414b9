using Media;
using Rooms;
using Rooms.Publishing;

namespace Ingest.Playback;

/// <summary>One publication that a playback feeds.</summary>
internal sealed class PlaybackOutput(string name, Action<PlaybackOutput, CloseReason> onRemoved) : IPublisher
{
    private PublicationWriter? _writer;

    public string Name { get; } = name;

    /// <summary>It has its place in the room.</summary>
    public bool IsLive => _writer is not null;

    public PublishRefusal? Publish(PlaybackRequest request, RoomRegistry registry)
    {
        PublishResult result = registry.Publish(new PublishRequest(request.Room, Name, RoomPlayback.Entrance, request.Owner), this);
        _writer = result.Writer;
        return result.IsAccepted ? null : result.Refusal;
    }

    /// <param name="shift">In ticks of 100 ns.</param>
    public void Write(in MediaFrame frame, long shift)
    {
        if (_writer is null) return;
        long ticks = Timeline.FromTicks(shift, frame.Format.ClockRate);
        _writer.Write(frame.At(frame.DecodeTime + ticks, frame.PresentationTime + ticks));
    }

    /// <summary>Somebody else has the place, or it is gone.</summary>
    public void Forget() => _writer = null;

    /// <summary>Its viewers do not wait for a return.</summary>
    public void End(RoomRegistry registry, CloseReason reason)
    {
        if (_writer is { } writer) registry.Unpublish(writer.Publication, this, reason);
        _writer = null;
    }

    void IPublisher.OnRemoved(CloseReason reason) => onRemoved(this, reason);
}
