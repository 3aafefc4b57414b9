using Media;

namespace Rooms.Tracks;

/// <summary>
/// The shapes in which a publication's tracks can be had: the only place that plans a chain of conversions. Each is made
/// when it is first asked for, shared by all takers, and dropped a while after the last one left. Home loop only.
/// </summary>
public sealed class TrackViews(Publication publication)
{
    private readonly Dictionary<TrackShape, Entry> _made = [];

    /// <summary>The conversions that exist now.</summary>
    public IEnumerable<Track> Derived => _made.Values.Select(entry => entry.Track);

    /// <summary>Drops conversions that nobody has taken for a while.</summary>
    public void DropUnused(long now)
    {
        foreach ((TrackShape shape, Entry entry) in _made.ToArray())
        {
            if (entry.Track.SubscriberCount > 0) entry.UnusedSince = null;
            else if (entry.UnusedSince is null) entry.UnusedSince = now;
            else if (now - entry.UnusedSince > publication.Context.Options.KeepUnusedConversion.Ticks)
                Drop(shape, entry.Track, CloseReason.Unused);
        }
    }

    /// <summary>The source is no longer what the plans were made for: takers are told, and ask again.</summary>
    internal void Invalidate(MediaKind kind) => DropAll(kind, CloseReason.FormatChanged);

    internal void Close(CloseReason reason)
    {
        DropAll(MediaKind.Video, reason);
        DropAll(MediaKind.Audio, reason);
    }

    private void DropAll(MediaKind kind, CloseReason reason)
    {
        foreach ((TrackShape shape, Entry entry) in _made.ToArray())
            if (shape.Codec.Kind() == kind) Drop(shape, entry.Track, reason);
    }

    private void Drop(TrackShape shape, Track track, CloseReason reason)
    {
        _made.Remove(shape);
        track.Close(reason);
    }

    private sealed class Entry(Track track)
    {
        public Track Track { get; } = track;

        public long? UnusedSince { get; set; }
    }
}
