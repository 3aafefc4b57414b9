namespace Rooms.Tracks;

/// <summary>A track in another codec, or in the same one without what browsers can't decode.</summary>
public abstract class TranscodedTrack(string id, FrameTrack source) : DerivedFrameTrack(id, source)
{
    /// <summary>What the page and the API should say of it: null while all is well.</summary>
    public string? StateText { get; protected set; }
}
