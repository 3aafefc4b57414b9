using Media;
using Media.Scheduling;

namespace Rooms.Tracks;

/// <summary>
/// One medium in one shape with its takers: published, or derived from another track on demand. Lives on its
/// publication's home loop and is touched there only; a <see cref="RelayedTrack"/> lives on that of its takers.
/// </summary>
public abstract class Track
{
    private Subscription[] _subscriptions = [];

    /// <param name="loop">Where it lives; null = on the publication's home loop.</param>
    protected Track(string id, Publication publication, MediaLoop? loop = null)
    {
        Id = id;
        Publication = publication;
        Loop = loop ?? publication.Loop;
        Statistics = new TrackStatistics(publication.Loop.Clock);
    }

    /// <summary>Unique in the publication: <c>video</c>, <c>audio</c>, <c>video-h264-packets</c>.</summary>
    public string Id { get; }

    public Publication Publication { get; }

    public MediaLoop Loop { get; }

    public abstract TrackForm Form { get; }

    /// <summary>Null until the first frame came.</summary>
    public TrackFormat? Format { get; protected set; }

    public TrackStatistics Statistics { get; }

    /// <summary>As its publisher sends it, not made of another track.</summary>
    public virtual bool IsPublished => false;

    /// <summary>Can a browser take it as it is? Published video only.</summary>
    public virtual BrowserCompatibility Compatibility => BrowserCompatibility.Unknown;

    public CloseReason? Closed { get; private set; }

    /// <summary>Told once, before the takers are: who made the track forgets it.</summary>
    internal event Action? Closing;

    public int SubscriberCount => _subscriptions.Length;

    /// <summary>What comes next is another publisher's, or nothing comes for a while.</summary>
    internal virtual void OnPublisherChanged()
    {
    }

    /// <summary>Asks the source for a keyframe; what the source cannot do (RTMP) ends in nothing.</summary>
    public virtual void RequestKeyframe()
    {
    }

    /// <summary>Ends the track and tells its takers.</summary>
    public void Close(CloseReason reason)
    {
        if (Closed is not null) return;
        Closed = reason;
        Closing?.Invoke();
        OnClosing(reason);
        Subscription[] takers = _subscriptions;
        _subscriptions = [];
        foreach (Subscription taker in takers)
        {
            if (!taker.IsActive) continue;
            taker.Detach();
            Tell(taker.Sink, reason);
        }
    }

    internal void Remove(Subscription subscription)
    {
        int index = Array.IndexOf(_subscriptions, subscription);
        if (index < 0) return;
        var rest = new Subscription[_subscriptions.Length - 1];
        Array.Copy(_subscriptions, rest, index);
        Array.Copy(_subscriptions, index + 1, rest, index, rest.Length - index);
        _subscriptions = rest;
        OnSubscribersChanged();
    }

    /// <summary>The takers as they were when the fan-out began: a change makes a new array.</summary>
    protected ReadOnlySpan<Subscription> Takers => _subscriptions;

    /// <param name="isFirst">It is told before those who are there.</param>
    protected Subscription Add(object sink, bool isFirst = false)
    {
        if (Closed is not null) throw new InvalidOperationException($"Track {Id} is closed.");
        var subscription = new Subscription(this, sink);
        _subscriptions = isFirst ? [subscription, .. _subscriptions] : [.. _subscriptions, subscription];
        OnSubscribersChanged();
        return subscription;
    }

    /// <summary>Releases what the track holds; called once.</summary>
    protected virtual void OnClosing(CloseReason reason)
    {
    }

    protected virtual void OnSubscribersChanged()
    {
    }

    private static void Tell(object sink, CloseReason reason)
    {
        if (sink is IFrameSink frames) frames.OnClosed(reason);
        else ((IPacketSink)sink).OnClosed(reason);
    }
}
