using Rooms;

namespace Egress.WebRtc.Participants;

/// <summary>
/// One publication as one participant gets it: what the publication's list shows, and what can be taken away by itself. It
/// outlives its publication, and goes on with one that comes back under the name. Loop of the participant's session only.
/// </summary>
internal sealed class ParticipantSubscription(ParticipantSubscriber owner, string id, string name, ViewerMedia media)
    : Subscriber(id, ParticipantSubscriber.Entrance, owner.Loop.Clock.UtcNow)
{
    private string? _remark;

    /// <summary>The publication's.</summary>
    public string Name { get; } = name;

    public ViewerMedia Media { get; } = media;

    /// <summary>Nothing is sent as long as its sections stand.</summary>
    public bool IsKicked { get; private set; }

    /// <summary>The publication has ended, and may come back.</summary>
    public bool IsAwaiting => Media.Publication is null && !IsKicked;

    public override SubscriberSnapshot Snapshot() => Media.Snapshot(this, owner.State, owner.RoundTrip);

    public void Begin(Publication publication, long now)
    {
        Media.Bind(publication, now);
        _remark = Media.Remark;
        publication.Add(this);
    }

    /// <summary>The publication has ended, or this one taker of it is kicked.</summary>
    public override void Close(CloseReason reason)
    {
        if (Media.Publication is not { } publication) return;
        IsKicked = publication.State != PublicationState.Ended;
        Media.Unbind();
        publication.Remove(this, reason);
        owner.OnPublicationLost();
    }

    /// <summary>No section is left, or the session is over.</summary>
    public void Leave(CloseReason reason)
    {
        Publication? publication = Media.Publication;
        Media.Close();
        publication?.Remove(this, reason);
    }

    public void Advance(long now)
    {
        Media.Advance(now);
        if (Media.Remark == _remark) return;
        _remark = Media.Remark;
        Tell(_remark ?? "complete");
    }

    public void Tell(string detail) => Media.Publication?.Raise(RoomEvent.SubscriberChanged, Id, detail);
}
