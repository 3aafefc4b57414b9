using Media;
using Media.Scheduling;

namespace Rooms.Tracks;

/// <summary>
/// Decides when a source's decoder is kept running beside it, so that a viewer who joins late in a long group gets a
/// keyframe of the present from an encoder, until the source's own next one. A decoder can only be started from a
/// keyframe: so it is brought along before the cache gives the group up.
/// </summary>
internal sealed class KeyframeBridge(Publication publication)
{
    /// <summary>So long before the cache gives up, since there must be time to decode what it has.</summary>
    private const double LeadSeconds = 1.5;

    /// <summary>A viewer that needs longer than this over the group gets a bridge instead.</summary>
    public const double HeavyGroupSeconds = 2;

    private const long KeepTime = 30 * MonotonicClock.TicksPerSecond;

    private long _keepUntil = long.MinValue;

    public static TrackShape Shape(Codec codec) => new(TrackForm.Packets, codec, ForBrowsers: true, Reencoded: true);

    /// <summary>True when somebody watches the source as it is, and its group becomes too long or too heavy.</summary>
    public bool IsNeeded(long now, Predicate<TrackShape> isTaken)
    {
        if (publication.Video is not PublishedTrack { Compatibility.IsCompatible: true } video) return false;
        GopCache cache = video.Cache;
        bool outgrown = cache.SecondsLeft < LeadSeconds || cache.SecondsToDecode > HeavyGroupSeconds;
        if (!outgrown || !isTaken(new TrackShape(TrackForm.Packets, Codec.H264, ForBrowsers: true))) return false;
        _keepUntil = now + KeepTime;
        return true;
    }

    public bool IsKept(long now) => now < _keepUntil;
}
