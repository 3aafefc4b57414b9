using System.Collections.Immutable;
using Media;
using Media.Scheduling;
using Rooms.Publishing;
using Rooms.Tracks;

namespace Rooms;

public enum PublicationState
{
    Live,

    /// <summary>The publisher has gone; its takers wait for it.</summary>
    Away,

    Ended,
}

/// <summary>
/// One publisher's presence in a room: its tracks, its timeline and its takers. It outlives a short absence of its
/// publisher, so that viewers go on where they were. Lives on its home loop; what other threads may read is
/// <see cref="Snapshot"/>, <see cref="State"/> and <see cref="Owner"/>.
/// </summary>
public sealed class Publication
{
    private readonly LoopTimer _tick;
    private PublicationWriter? _writer;
    private long _offset;      // added to the writer's media times, in ticks of 100 ns
    private bool _isPlaced;    // _offset is known
    private long _awaySince;
    private ImmutableArray<Subscriber> _subscribers = [];

    internal Publication(Room room, PublishRequest request, MediaLoop loop, RoomsContext context)
    {
        Room = room;
        Name = request.Publication;
        Entrance = request.Entrance;
        Owner = request.Owner;
        Loop = loop;
        Context = context;
        StartedAt = loop.Clock.Now;
        Timeline = new Timeline(loop.Clock);
        Views = new TrackViews(this);
        _tick = loop.CreateTimer(OnTick);
        Snapshot = PublicationSnapshot.Of(this);
    }

    public Room Room { get; }

    public string Name { get; }

    public string Entrance { get; }

    public string Owner { get; }

    public MediaLoop Loop { get; }

    public RoomsContext Context { get; }

    public Timeline Timeline { get; }

    /// <summary>Shapes of the tracks, made on demand.</summary>
    public TrackViews Views { get; }

    public PublicationState State { get; private set; } = PublicationState.Live;

    /// <summary>Monotonic time of the publication's first start.</summary>
    public long StartedAt { get; }

    /// <summary>As it is published: a <see cref="PublishedTrack"/> of frames or a <see cref="PublishedPacketTrack"/>.</summary>
    public Track? Video { get; private set; }

    public Track? Audio { get; private set; }

    public ImmutableArray<Subscriber> Subscribers => _subscribers;

    /// <summary>What the API shows; renewed every second. Any thread.</summary>
    public PublicationSnapshot Snapshot { get; private set; }

    public Track? Track(MediaKind kind) => kind == MediaKind.Video ? Video : Audio;

    public override string ToString() => $"{Room.Name}/{Name}";

    /// <summary>True when no media came for <see cref="RoomOptions.IdleAfter"/>.</summary>
    public bool IsIdle(long now) =>
        now - Math.Max(StartedAt, Snapshot.LastMediaTime) > Context.Options.IdleAfter.Ticks;

    public void Add(Subscriber subscriber)
    {
        if (State == PublicationState.Ended)
        {
            subscriber.Close(CloseReason.PublisherGone); // it was on its way
            return;
        }

        _subscribers = _subscribers.Add(subscriber);
        Raise(RoomEvent.SubscriberJoined, subscriber.Id, subscriber.Entrance);
    }

    public void Remove(Subscriber subscriber, CloseReason reason)
    {
        int count = _subscribers.Length;
        _subscribers = _subscribers.Remove(subscriber);
        if (_subscribers.Length != count) Raise(RoomEvent.SubscriberLeft, subscriber.Id, reason.Name());
    }

    /// <summary>Tells the event stream; the snapshot is renewed first, so that who asks then sees the news.</summary>
    public void Raise(string type, string? subject = null, string? detail = null)
    {
        Snapshot = PublicationSnapshot.Of(this);
        Context.Events.Raise(new RoomEvent(type, Loop.Clock.UtcNow, Room.Name, Name, subject, detail));
    }

    /// <summary>A publisher came, or came back. Called with the registry's lock held; takes effect on the loop.</summary>
    internal PublicationWriter Attach()
    {
        var writer = new PublicationWriter(this);
        Loop.Post(() => OnAttached(writer));
        return writer;
    }

    internal void OnFrame(PublicationWriter writer, in MediaFrame frame)
    {
        if (writer != _writer || State != PublicationState.Live) return;
        long now = Loop.Now;
        MediaFrame placed = Place(frame, now);
        Timeline.Observe(Timeline.ToTicks(placed.DecodeTime, placed.Format.ClockRate), now);
        FrameTrackOf(placed.Format.Kind).Write(placed);
    }

    /// <summary>Is that the publisher who has the place?</summary>
    internal bool IsCurrent(PublicationWriter writer) => writer == _writer && State == PublicationState.Live;

    /// <summary>The packet track of that codec; one of another codec ends for it.</summary>
    internal PublishedPacketTrack PacketTrackOf(TrackFormat format)
    {
        Track? before = Track(format.Kind);
        if (before is PublishedPacketTrack same && same.Format!.Codec == format.Codec) return same;
        var track = new PublishedPacketTrack(IdOf(format.Kind), this, format);
        Replace(format.Kind, track);
        return track;
    }

    /// <summary>Takers go on without it, and with what comes in its place.</summary>
    internal void OnTrackEnded(PublicationWriter writer, MediaKind kind, CloseReason reason)
    {
        if (!IsCurrent(writer) || Track(kind) is not { } track) return;
        if (track is PublishedPacketTrack { Encodings.IsEmpty: false }) return;
        if (kind == MediaKind.Video) Video = null;
        else Audio = null;
        Views.Invalidate(kind);
        track.Close(reason);
        Raise(RoomEvent.TrackEnded, track.Id, reason.Name());
        Context.Listener?.OnChanged(this);
    }

    internal void OnWriterClosed(PublicationWriter writer, CloseReason reason)
    {
        if (writer != _writer || State != PublicationState.Live) return;
        State = PublicationState.Away;
        _awaySince = Loop.Now;
        Video?.OnPublisherChanged();
        Audio?.OnPublisherChanged();
        Room.Registry.OnAway(this, writer);
        Raise(RoomEvent.PublicationAway, detail: reason.Name());
        Context.Listener?.OnChanged(this);
    }

    /// <summary>A track has its first format, or another codec; the frame that says so is not handed on yet.</summary>
    internal void OnTrackBegins() => Context.Listener?.OnChanged(this);

    internal void OnTrackChanged(Track track, bool isNew)
    {
        Raise(isNew ? RoomEvent.TrackAdded : RoomEvent.TrackChanged, track.Id, track.Format?.Codec.Name());
        Context.Listener?.OnChanged(this);
    }

    /// <summary>Ends it for good. Loop thread.</summary>
    internal void End(CloseReason reason)
    {
        if (State == PublicationState.Ended) return;
        State = PublicationState.Ended;
        _tick.Cancel();
        _writer?.Detach();
        Views.Close(reason);
        Video?.Close(reason);
        Audio?.Close(reason);
        foreach (Subscriber subscriber in _subscribers) subscriber.Close(reason);
        Room.Registry.OnEnded(this);
        Raise(RoomEvent.PublicationEnded, detail: reason.Name());
        Context.Listener?.OnChanged(this);
    }

    private void OnAttached(PublicationWriter writer)
    {
        if (State == PublicationState.Ended)
        {
            writer.Detach();
            return;
        }

        bool isFirst = _writer is null;
        _writer?.Detach();
        _writer = writer;
        _isPlaced = false;
        State = PublicationState.Live;
        Video?.OnPublisherChanged();
        Audio?.OnPublisherChanged();
        if (_subscribers.IsEmpty) Timeline.Unsettle();
        if (isFirst) _tick.Set(Loop.Now + MonotonicClock.TicksPerSecond);
        Raise(isFirst ? RoomEvent.PublicationStarted : RoomEvent.PublicationResumed);
        Context.Listener?.OnChanged(this);
    }

    /// <summary>Puts a writer's first frame at the timeline's present: a returning publisher goes on in real time.</summary>
    private MediaFrame Place(in MediaFrame frame, long now)
    {
        int rate = frame.Format.ClockRate;
        if (!_isPlaced)
        {
            // Whole milliseconds, so that 90 kHz and all usual sampling rates shift by the same time.
            long target = Timeline.MediaTimeAt(now) - Timeline.ToTicks(frame.DecodeTime, rate);
            _offset = target / MonotonicClock.TicksPerMillisecond * MonotonicClock.TicksPerMillisecond;
            _isPlaced = true;
        }

        long shift = Timeline.FromTicks(_offset, rate);
        return frame.At(frame.DecodeTime + shift, frame.PresentationTime + shift);
    }

    private PublishedTrack FrameTrackOf(MediaKind kind)
    {
        if (Track(kind) is PublishedTrack same) return same;
        var track = new PublishedTrack(IdOf(kind), this);
        Replace(kind, track);
        return track;
    }

    private void Replace(MediaKind kind, Track track)
    {
        Track? before = Track(kind);
        if (kind == MediaKind.Video) Video = track;
        else Audio = track;
        if (before is null) return;
        Views.Invalidate(kind);
        before.Close(CloseReason.FormatChanged);
    }

    private static string IdOf(MediaKind kind) => kind == MediaKind.Video ? "video" : "audio";

    private void OnTick(long now)
    {
        if (State == PublicationState.Away && now - _awaySince > Context.Options.KeepAfterPublisherLeft.Ticks)
        {
            End(CloseReason.PublisherGone);
            return;
        }

        Views.Tick(now);
        (Video as PublishedPacketTrack)?.Tick();
        Snapshot = PublicationSnapshot.Of(this);
        _tick.Set(now + MonotonicClock.TicksPerSecond);
    }
}
