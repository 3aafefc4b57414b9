using System.Collections.Immutable;
using Media;

namespace Recorder.Tape;

/// <summary>
/// The frames that a new segment begins with, held until every medium that is expected has come: only then is known which
/// tracks the file has. One thread.
/// </summary>
internal sealed class SegmentStart : IDisposable
{
    /// <summary>How long the first segment of all waits for a publication's second medium, and any for one that is expected.</summary>
    private const long Patience = 800 * TimeSpan.TicksPerMillisecond;

    /// <summary>The same while the segment before is still open: the media are under way then.</summary>
    private const long PatienceBetween = 300 * TimeSpan.TicksPerMillisecond;

    private List<MediaFrame> _held = [];
    private long _since;

    public bool IsHolding => _held.Count > 0;

    /// <summary>Media time of the frame that the segment was begun with, in ticks of 100 ns.</summary>
    public long At { get; private set; }

    /// <summary>Media time of the earliest frame.</summary>
    public long Zero => _held.Min(frame => frame.DecodeTicks());

    /// <summary>Of the tracks that the file will have, video first.</summary>
    public ImmutableArray<TrackFormat> Formats
    {
        get
        {
            var formats = ImmutableArray.CreateBuilder<TrackFormat>(2);
            foreach (MediaKind kind in (ReadOnlySpan<MediaKind>)[MediaKind.Video, MediaKind.Audio])
                if (_held.FindIndex(frame => frame.Format.Kind == kind) is >= 0 and var index) formats.Add(_held[index].Format);
            return formats.ToImmutable();
        }
    }

    /// <summary>Keeps a borrowed frame.</summary>
    public void Hold(in MediaFrame frame, long now)
    {
        if (!IsHolding) (_since, At) = (now, frame.PresentationTicks());
        _held.Add(frame.AddReference());
    }

    /// <param name="expected">A bit for each kind of medium that the publication has.</param>
    /// <param name="isFirst">Nothing was written of the publication yet: what it has may not be known yet.</param>
    /// <param name="isBetween">The segment before is still open.</param>
    public bool IsReady(int expected, long now, bool isFirst, bool isBetween)
    {
        if (!IsHolding) return false;
        int held = 0;
        foreach (MediaFrame frame in _held) held |= 1 << (int)frame.Format.Kind;
        bool isAll = (expected & ~held) == 0 && (!isFirst || held == 3);
        return isAll || now - _since >= (isBetween ? PatienceBetween : Patience);
    }

    /// <summary>Hands over what was held, with its references.</summary>
    public List<MediaFrame> TakeAll()
    {
        List<MediaFrame> held = _held;
        _held = [];
        return held;
    }

    public void Clear()
    {
        foreach (MediaFrame frame in TakeAll()) frame.Release();
    }

    public void Dispose() => Clear();
}
