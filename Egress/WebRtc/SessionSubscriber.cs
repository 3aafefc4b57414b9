using Media.Scheduling;
using Rooms;

namespace Egress.WebRtc;

/// <summary>
/// A subscriber whose session may live on another loop than its publication: what the publication does with it there, and
/// what it tells the publication, goes over by posts. Loop of the session, but for what overrides.
/// </summary>
public abstract class SessionSubscriber : Subscriber
{
    private const long RenewalInterval = MonotonicClock.TicksPerSecond;

    private volatile Publication? _publication;
    private volatile SubscriberSnapshot? _latest; // where the publication's loop is another one
    private long _nextRenewal;

    private protected SessionSubscriber(string id, string entrance, MediaLoop loop) : base(id, entrance, loop.Clock.UtcNow) => Loop = loop;

    /// <summary>That of the session.</summary>
    public MediaLoop Loop { get; }

    /// <summary>As it is, or was a moment ago. Loop of the session or of the publication.</summary>
    public sealed override SubscriberSnapshot Snapshot() => _latest ?? Measure();

    /// <summary>The publication has ended, or this taker of it is kicked. Publication's loop.</summary>
    public sealed override void Close(CloseReason reason)
    {
        if (_publication is not { } publication) return;
        if (publication.Loop == Loop) OnEnded(publication, reason);
        else Loop.Post(() => OnEnded(publication, reason));
    }

    /// <summary>As it is now. Loop of the session.</summary>
    internal abstract SubscriberSnapshot Measure();

    private protected abstract void OnEnded(Publication publication, CloseReason reason);

    /// <summary>Shows up among the publication's subscribers.</summary>
    private protected void Join(Publication publication)
    {
        _publication = publication;
        _latest = null;
        Renew(Loop.Now);
        Loop.Tell(publication.Loop, () => publication.Add(this));
    }

    /// <summary>Leaves the publication's list, whichever it is in.</summary>
    private protected void Leave(CloseReason reason)
    {
        if (_publication is not { } publication) return;
        _publication = null;
        Loop.Tell(publication.Loop, () => publication.Remove(this, reason));
    }

    /// <summary>Something has changed that others may want to know.</summary>
    private protected void Tell(string detail)
    {
        if (_publication is not { } publication) return;
        Renew(Loop.Now);
        Loop.Tell(publication.Loop, () => publication.Raise(RoomEvent.SubscriberChanged, Id, detail));
    }

    /// <summary>Once a second: what the publication's loop shows of it.</summary>
    private protected void RenewWhenDue(long now)
    {
        if (now >= _nextRenewal) Renew(now);
    }

    private void Renew(long now)
    {
        _nextRenewal = now + RenewalInterval;
        if (_publication is { } publication && publication.Loop != Loop) _latest = Measure();
    }
}
