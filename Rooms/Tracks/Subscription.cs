namespace Rooms.Tracks;

/// <summary>One taker of one track. Track's loop only; dispose to leave.</summary>
public sealed class Subscription : IDisposable
{
    private Track? _track;

    internal Subscription(Track track, object sink)
    {
        _track = track;
        Sink = sink;
    }

    internal object Sink { get; }

    public bool IsActive => _track is not null;

    public void Dispose()
    {
        Track? track = _track;
        _track = null;
        track?.Remove(this);
    }

    /// <summary>The track is gone: nothing to leave any more.</summary>
    internal void Detach() => _track = null;
}
