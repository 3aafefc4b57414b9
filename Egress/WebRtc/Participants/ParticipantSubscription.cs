using Rooms;

namespace Egress.WebRtc.Participants;

/// <summary>
/// One publication as one participant gets it: what the publication's list shows, and what can be taken away by itself. It
/// outlives its publication, and goes on with one that comes back under the name. Loop of the participant's session only.
/// </summary>
internal sealed class ParticipantSubscription(ParticipantSubscriber owner, string id, string name, ViewerMedia media)
    : SessionSubscriber(id, ParticipantSubscriber.Entrance, owner.Loop)
{
    private string? _remark;

    /// <summary>The publication's.</summary>
    public string Name { get; } = name;

    public ViewerMedia Media { get; } = media;

    /// <summary>Nothing is sent as long as its sections stand.</summary>
    public bool IsKicked { get; private set; }

    /// <summary>The publication has ended, and may come back.</summary>
    public bool IsAwaiting => Media.Publication is null && !IsKicked;

    internal override SubscriberSnapshot Measure() => Media.Snapshot(this, owner.State, owner.RoundTrip);

    public void Begin(Publication publication)
    {
        Media.Bind(publication);
        _remark = Media.Remark;
        Join(publication);
    }

    private protected override void OnEnded(Publication publication, CloseReason reason)
    {
        if (Media.Publication != publication) return;
        IsKicked = publication.State != PublicationState.Ended;
        Media.Unbind();
        Leave(reason);
        owner.OnPublicationLost();
    }

    /// <summary>No section is left, or the session is over.</summary>
    public void End(CloseReason reason)
    {
        Media.Close();
        Leave(reason);
    }

    public void Advance(long now)
    {
        Media.Advance(now);
        RenewWhenDue(now);
        if (Media.Remark == _remark) return;
        _remark = Media.Remark;
        Tell(_remark ?? "complete");
    }

    public void OnStateChanged(string state) => Tell(state);
}
