using Media.Rtp;
using Protocols.Sdp;

namespace Protocols.Rtp;

/// <summary>
/// One encoding that a publisher sends in one section: a source, its retransmissions, and the numbers under which its packets
/// are handed on. The source may change or begin anew; numbers then jump ahead and never go back.
/// </summary>
public sealed class IncomingEncoding
{
    private const long Cycle = 1 << 16;
    private const long NotStarted = -1;

    private readonly ClosedNumbers _closed = new();
    private long _offset;
    private long _highest = NotStarted;
    private long _timestamp;
    private bool _hasTimestamp;
    private long _keyframeTimestamp;
    private long _keyframeNumber = NotStarted;

    internal IncomingEncoding(ReceivedSection section, int index, ReceiverOptions options)
    {
        Section = section;
        Index = index;
        Rid = index < section.Rids.Length ? section.Rids[index] : "";
        Nacks = new NackGenerator(options.Nack);
        CanAskForKeyframes = !options.OnlyOfferedFeedback || section.Codecs.Any(codec => codec.Pli || codec.Fir);
        Keyframes = new KeyframeRequests(options.MinKeyframeInterval, CanAskForKeyframes);
    }

    public ReceivedSection Section { get; internal set; }

    /// <summary>The encoding's name; empty where the section has only one.</summary>
    public string Rid { get; }

    /// <summary>Its place among the section's rids; what the order means is the publisher's affair.</summary>
    public int Index { get; }

    /// <summary>What was received; null before the first packet.</summary>
    public ReceiveStream? Stream { get; private set; }

    /// <summary>The codec of the latest packet.</summary>
    public ReceivedCodec? Codec { get; internal set; }

    /// <summary>Monotonic time of the latest packet.</summary>
    public long LastArrival { get; internal set; } = long.MinValue / 2;

    /// <summary>Payload bytes handed on.</summary>
    public long Bytes { get; internal set; }

    /// <summary>Whether a request for a keyframe is sent at all.</summary>
    public bool CanAskForKeyframes { get; }

    public long KeyframesRequested => Keyframes.Sent;

    /// <summary>Packets that were asked for again, repetitions included.</summary>
    public long PacketsRequested => Nacks.Requested;

    /// <summary>Missing packets that are not waited for any more.</summary>
    public long PacketsGivenUp => Nacks.GivenUp;

    /// <summary>Where it comes from; null before the first packet.</summary>
    internal IncomingSource? Source { get; private set; }

    /// <summary>No keyframe has begun yet.</summary>
    internal bool NeedsKeyframe => _keyframeNumber == NotStarted;

    internal NackGenerator Nacks { get; }

    internal KeyframeRequests Keyframes { get; }

    /// <summary>The timestamp as the packets have it, for sender reports (RFC 3550 §6.4.1).</summary>
    public long ExtendTimestamp(uint timestamp) => _hasTimestamp ? SequenceNumber.ExtendTimestamp(timestamp, _timestamp) : timestamp;

    /// <summary>Another source from now on.</summary>
    internal void Use(IncomingSource source)
    {
        Source = source;
        Stream = new ReceiveStream(source.Ssrc);
        Restart();
    }

    /// <summary>The numbers of the source have nothing to do with those before.</summary>
    internal void Restart()
    {
        // The low 16 bits stay those of the source, one whole cycle and more ahead of what was handed on.
        _offset = _highest < 0 ? 0 : (((_highest / Cycle) + 1) * Cycle);
        _closed.Clear();
        _keyframeNumber = NotStarted;
        Nacks.Clear();
    }

    /// <summary>Takes a number out of the row; only the newest.</summary>
    internal void CloseUp(long extended) => _closed.Close(extended);

    /// <summary>The number to hand a packet on with.</summary>
    internal bool TryNumber(long extended, out long number)
    {
        if (!_closed.TryMap(extended, out number)) return false;
        number += _offset;
        _highest = Math.Max(_highest, number);
        return true;
    }

    internal long Timestamp(uint timestamp)
    {
        long extended = ExtendTimestamp(timestamp);
        // Late packets don't move the reference; after a restart any value is as good as any other.
        if (!_hasTimestamp || extended > _timestamp || _timestamp - extended > int.MaxValue / 2) _timestamp = extended;
        _hasTimestamp = true;
        return extended;
    }

    /// <summary>
    /// Whether this is the first packet of a keyframe: of several that say so under one timestamp, the one with the lowest
    /// number that has come so far.
    /// </summary>
    internal bool BeginsKeyframe(long number, long timestamp)
    {
        bool isKnown = _keyframeNumber != NotStarted && timestamp == _keyframeTimestamp;
        if (isKnown && number > _keyframeNumber) return false;
        if (!isKnown && number < _keyframeNumber) return true; // of an older keyframe
        _keyframeNumber = number;
        _keyframeTimestamp = timestamp;
        return true;
    }

    /// <summary>Whether the loss of a packet hurts what is decoded now: a keyframe after it makes good for it.</summary>
    internal bool IsBehindKeyframe(long extended) =>
        _keyframeNumber != NotStarted && _closed.TryMap(extended, out long number) && number + _offset < _keyframeNumber;
}
