using Media;
using Media.Rtp;
using Media.Scheduling;
using Rooms;
using Rooms.Tracks;

namespace Egress.WebRtc;

internal enum ForwardingState
{
    /// <summary>Not connected yet.</summary>
    Idle,

    /// <summary>Nothing is sent until the source's next keyframe (audio: packet).</summary>
    Waiting,

    /// <summary>The cached group is sent faster than real time.</summary>
    Bursting,

    /// <summary>Each packet leaves as it comes.</summary>
    Live,
}

/// <summary>
/// The down track of one viewer and one medium: decides which packets of its source are sent when. The viewer sees one
/// stream, whatever sources follow each other behind it, that never has a delta frame before a keyframe.
/// Loop of the viewer's session only.
/// </summary>
internal sealed class ForwardedTrack : IDisposable
{
    /// <summary>A source that was asked for a keyframe is left in peace for so long.</summary>
    private const long KeyframeRequestInterval = MonotonicClock.TicksPerSecond / 2;

    /// <summary>
    /// A source that answers is given so long to send a keyframe: a round trip and a frame, and the half second in which a
    /// publisher is not asked twice. Some encoders (OBS) do not answer: their group is sent then.
    /// </summary>
    private const long AnswerPatience = MonotonicClock.TicksPerSecond;

    /// <summary>Receivers ask for a keyframe 3 s after the last frame.</summary>
    private const long SilentAfter = 2 * MonotonicClock.TicksPerSecond;

    /// <summary>Reports go on telling of what was lost before a new beginning for so long.</summary>
    private const long OldLossesTold = 3 * MonotonicClock.TicksPerSecond / 2;

    private readonly FastStartOptions _options;
    private readonly IForwardedTrackListener _listener;
    private readonly Burst _burst;
    private readonly BurstLimiter _limiter = new();
    private TrackFeed? _feed;
    private TrackFeed? _next; // taken over at its next keyframe
    private long _shift;
    private long _waitingSince;
    private long _keyframeRequestedAt = long.MinValue / 2;
    private long _oldLossesUntil = long.MinValue;
    private bool _awaitsBridge;

    public ForwardedTrack(
        MediaKind kind, OutgoingStream stream, FastStartOptions options, IForwardedTrackListener listener)
    {
        Kind = kind;
        Stream = stream;
        _options = options;
        _listener = listener;
        _burst = new Burst(options, stream.Parameters.ClockRate);
    }

    public MediaKind Kind { get; }

    public OutgoingStream Stream { get; }

    public ForwardingState State { get; private set; }

    public PacketTrack? Source => _feed?.Track;

    /// <summary>Monotonic time at which <see cref="Advance"/> has something to do.</summary>
    public long NextDeadline { get; private set; } = long.MaxValue;

    /// <summary>Takes another source from now on.</summary>
    public void Attach(PacketTrack track, long now)
    {
        _feed?.Dispose();
        _feed = new TrackFeed(this, track);
        _keyframeRequestedAt = long.MinValue / 2; // not of this source
        if (State != ForwardingState.Idle) Join(now);
    }

    /// <summary>
    /// Sends nothing until another source is attached, or the same one again. The stream's numbers go on then; what was
    /// sent before is not sent again.
    /// </summary>
    public void Detach()
    {
        _feed?.Dispose();
        _next?.Dispose();
        _feed = _next = null;
        Stream.BeginAnew();
        if (State != ForwardingState.Idle) State = ForwardingState.Waiting;
        SetDeadline(long.MaxValue);
    }

    /// <summary>Goes over to another source at that source's next keyframe, or stays with the one there is.</summary>
    public void AttachNext(PacketTrack track)
    {
        _next?.Dispose();
        _next = track == Source ? null : new TrackFeed(this, track);
    }

    /// <summary>The viewer is connected: it gets a picture as soon as there is one.</summary>
    public void Start(long now)
    {
        if (State != ForwardingState.Idle) return;
        State = ForwardingState.Waiting;
        _waitingSince = now;
        if (_feed is not null) Join(now);
    }

    /// <summary>Sends what has become due of a burst.</summary>
    public void Advance(long now)
    {
        if (now < NextDeadline) return;
        if (State == ForwardingState.Waiting && _feed is not null) JoinGroup(now);
        if (State != ForwardingState.Bursting || now < NextDeadline) return;
        PacketHistory history = _feed!.Track.History;
        int sent = 0;
        while (history.TryGet(_burst.Cursor, out RtpPacket packet))
        {
            if (sent == _options.MaxPacketsAtOnce) _burst.Pause(now);
            long due = _burst.DueAt(packet.Timestamp);
            if (due > now)
            {
                SetDeadline(due);
                return;
            }

            Stream.Send(packet);
            _burst.MoveOn(packet);
            sent++;
        }

        // Either the queue is empty, and the next frame goes out live, or the source has run away from the viewer.
        if (_burst.Cursor < history.Next) WaitForKeyframe(now);
        else SetDeadline(long.MaxValue);
    }

    /// <summary>Sequence numbers that the viewer lacks.</summary>
    public void OnNack(ReadOnlySpan<ushort> lost, long now)
    {
        if (State == ForwardingState.Idle || Stream.Packets == 0) return;
        // A keyframe at once puts a viewer that was cut off back to live; repairing what it missed does not.
        if (Kind == MediaKind.Video && State == ForwardingState.Live && Stream.IsFromBeforeAnOutage(lost, now) && TryBeginAnew(now)) return;
        if (State == ForwardingState.Bursting && Stream.HasSentSinceTheBurstBegan(lost)) _burst.SlowDown(now);
        bool gone = false;
        foreach (ushort number in lost)
            gone |= Stream.Retransmit(number, now) == RetransmissionResult.Gone;
        if (gone && Kind == MediaKind.Video) OnKeyframeRequest(now);
    }

    /// <summary>What <see cref="IForwardedTrackListener.OnGroupTooLong"/> has asked for is there.</summary>
    public void Bridge(PacketTrack source, PacketTrack? fresh, long now)
    {
        if (!_awaitsBridge || source != Source) return;
        _awaitsBridge = false;
        if (fresh is { Closed: null })
        {
            if (fresh != source) Substitute(fresh);
            if (!DecodeCost.IsGroupShort(fresh, _options.MaxDecodeTime))
            {
                WaitForKeyframe(now);
                return;
            }
        }

        JoinGroup(now);
    }

    /// <summary>The viewer says that it cannot decode.</summary>
    public void OnKeyframeRequest(long now)
    {
        if (State == ForwardingState.Idle || _feed is null || Kind != MediaKind.Video) return;
        if (State == ForwardingState.Waiting || _feed.Track.AnswersKeyframeRequests) RequestKeyframe(now);
        else TryBeginAnew(now);
    }

    private bool TryBeginAnew(long now)
    {
        if (_feed is null || !IsFlowing(now) || !_limiter.MayStart(now)) return false;
        Stream.BeginAnew();
        Join(now);
        _oldLossesUntil = now + OldLossesTold;
        return true;
    }

    /// <summary>A viewer also asks when nothing comes any more; the old group again would only jump back in time.</summary>
    private bool IsFlowing(long now)
    {
        PacketHistory history = _feed!.Track.History;
        return history.TryGet(history.Next - 1, out RtpPacket newest) && now - newest.ArrivalTime < SilentAfter;
    }

    /// <summary>Packets are lost on the way: a burst that is under way slows down.</summary>
    public void OnLoss(long now)
    {
        if (State == ForwardingState.Bursting && now >= _oldLossesUntil) _burst.SlowDown(now);
    }

    public void Dispose()
    {
        _feed?.Dispose();
        _next?.Dispose();
        _feed = _next = null;
        State = ForwardingState.Idle;
        NextDeadline = long.MaxValue;
    }

    internal void OnPacket(TrackFeed feed, in RtpPacket packet)
    {
        if (State == ForwardingState.Idle) return;
        if (feed == _next && packet.StartsKeyframe) TakeOver(feed);
        if (feed != _feed) return;
        switch (State)
        {
            case ForwardingState.Waiting:
                OnPacketAwaited(packet);
                break;
            case ForwardingState.Bursting:
                OnPacketInBurst(packet);
                break;
            default:
                Stream.Send(packet);
                break;
        }
    }

    internal void OnFeedClosed(TrackFeed feed, CloseReason reason)
    {
        if (feed == _next)
        {
            _next = null;
            return;
        }

        if (feed != _feed) return;
        _feed = null;
        if (_next is not null)
        {
            TakeOver(_next);
            return;
        }

        if (State != ForwardingState.Idle) State = ForwardingState.Waiting;
        SetDeadline(long.MaxValue);
        _listener.OnSourceClosed(this, reason);
    }

    /// <summary>
    /// Begins with the keyframe that the source is asked for; where it can't be asked, with the cached group where that is
    /// of use, else with a fresh keyframe, else with the next one.
    /// </summary>
    private void Join(long now)
    {
        PacketTrack track = _feed!.Track;
        if (Kind == MediaKind.Audio || !_options.Enabled)
        {
            WaitForKeyframe(now);
            return;
        }

        if (track.AnswersKeyframeRequests)
        {
            WaitForKeyframe(now);
            SetDeadline(now + AnswerPatience);
            return;
        }

        if (DecodeCost.IsGroupShort(track, _options.MaxDecodeTime))
        {
            JoinGroup(now);
            return;
        }

        _awaitsBridge = true;
        _listener.OnGroupTooLong(this, track);
        if (!_awaitsBridge) return;
        State = ForwardingState.Waiting;
        SetDeadline(long.MaxValue);
    }

    private void JoinGroup(long now)
    {
        PacketHistory history = _feed!.Track.History;
        if (history.GroupStart >= 0 && history.TryGet(history.GroupStart, out RtpPacket first))
        {
            BeginBurst(history, first, now);
            Advance(now);
        }
        else
        {
            WaitForKeyframe(now);
        }
    }

    /// <summary>Starts on another source and comes back to this one at its next keyframe.</summary>
    private void Substitute(PacketTrack fresh)
    {
        _next?.Dispose();
        _next = _feed;
        _feed = new TrackFeed(this, fresh);
    }

    private void BeginBurst(PacketHistory history, in RtpPacket first, long now)
    {
        // A burst that interrupts another one goes back once more: receivers ignore what is only a little older.
        long shift = (long)_options.ShiftSeconds * Stream.Parameters.ClockRate;
        _shift = State == ForwardingState.Bursting ? _shift + shift : shift;
        State = ForwardingState.Bursting;
        _awaitsBridge = false;
        _limiter.OnStarted(now);
        _burst.Begin(first, history.Next - first.SequenceNumber, now);
        Stream.BeginRun(_feed!.Track, first.SequenceNumber, _shift);
        SetDeadline(now);
    }

    private void OnPacketInBurst(in RtpPacket packet)
    {
        if (packet.SequenceNumber != _burst.Cursor) return; // the burst gets there
        if (_burst.IsSameFrame(packet))
        {
            Stream.Send(packet);
            _burst.MoveOn(packet);
        }
        else
        {
            GoLive(packet);
        }
    }

    /// <summary>The first packet that is sent in real time: it has the true timestamp, and so has all that follows.</summary>
    private void GoLive(in RtpPacket packet, long ahead = 0)
    {
        State = ForwardingState.Live;
        _awaitsBridge = false;
        Stream.BeginRun(_feed!.Track, packet.SequenceNumber, -ahead);
        SetDeadline(long.MaxValue);
        Stream.Send(packet);
    }

    private void OnPacketAwaited(in RtpPacket packet)
    {
        PacketHistory history = _feed!.Track.History;
        bool isNews = packet.Timestamp > Stream.NewestTimestamp;
        if (Kind == MediaKind.Audio)
        {
            if (isNews && LiveSound.IsLive(history, packet, Stream.Parameters.ClockRate, _waitingSince)) GoLive(packet);
            return;
        }

        if (!packet.StartsKeyframe) return;
        // A conversion that has just begun may start with what the viewer saw before: never as live, for time runs on.
        // What a publisher sends is live; another encoding's times may be a little behind.
        if (isNews) GoLive(packet);
        else if (_feed.Track.IsPassedOn) GoLive(packet, ahead: Stream.NewestTimestamp + 1 - packet.Timestamp);
        else BeginBurst(history, packet, packet.ArrivalTime);
    }

    private void TakeOver(TrackFeed feed)
    {
        _feed?.Dispose();
        _feed = feed;
        _next = null;
        if (State == ForwardingState.Idle) return;
        State = ForwardingState.Waiting;
        SetDeadline(long.MaxValue);
    }

    private void WaitForKeyframe(long now)
    {
        State = ForwardingState.Waiting;
        _waitingSince = now;
        SetDeadline(long.MaxValue);
        if (Kind == MediaKind.Video) RequestKeyframe(now);
    }

    private void RequestKeyframe(long now)
    {
        if (now - _keyframeRequestedAt < KeyframeRequestInterval) return;
        _keyframeRequestedAt = now;
        _feed?.Track.RequestKeyframe();
    }

    private void SetDeadline(long deadline)
    {
        if (NextDeadline == deadline) return;
        NextDeadline = deadline;
        _listener.OnDeadlineChanged();
    }
}
