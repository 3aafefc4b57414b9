namespace Rooms.Tracks;

/// <summary>A track in the shape that was asked for, or the reason why there is none.</summary>
public readonly record struct TrackView
{
    private TrackView(Track? track, string? reason)
    {
        Track = track;
        Reason = reason;
    }

    public Track? Track { get; }

    /// <summary>In plain words, for the page and the API.</summary>
    public string? Reason { get; }

    public static TrackView Of(Track track) => new(track, null);

    public static TrackView None(string reason) => new(null, reason);
}
