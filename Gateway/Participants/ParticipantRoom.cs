using System.Collections.Immutable;
using System.Text.Json;
using Gateway.Options;
using Rooms;
using Rooms.Participants;

namespace Gateway.Participants;

/// <summary>
/// A room of many: who is there, what each of them has been told, who speaks. Thread safe. Its lock is never waited for
/// by the media loops, and nothing is waited for while it is held.
/// </summary>
internal sealed class ParticipantRoom(string name, ParticipantHouse house)
{
    private readonly Lock _gate = new();
    private readonly RoomParticipants _participants = new(house.Options.Participants.MaxPerRoom, house.Options.Participants.ResumeTime);
    private readonly Dictionary<Participant, ParticipantSession> _sessions = [];
    private readonly Dictionary<string, byte[]> _told = new(StringComparer.Ordinal); // by id: the view that everybody knows
    private readonly ActiveSpeaker _speaker = new();
    private ImmutableArray<ParticipantView> _views = [];
    private bool _isOver;

    public string Name => name;

    /// <summary>Those who came by the rooms' own protocol, in the order of joining.</summary>
    public ImmutableArray<ParticipantView> Participants
    {
        get
        {
            lock (_gate) return [.. _views.Where(view => view.Entrance == ParticipantView.RoomEntrance)];
        }
    }

    /// <summary>False: the room has just been closed, and there will be another one.</summary>
    /// <param name="session">Null = it is full.</param>
    public bool TryJoin(ParticipantConnection connection, JoinMessage message, long now, out ParticipantSession? session)
    {
        session = null;
        ParticipantConnection? before;
        lock (_gate)
        {
            if (_isOver) return false;
            JoinResult result = _participants.Join(message.Name, message.Resume, ParticipantHouse.NewIdentity(), now);
            house.Metrics.Join(result.Outcome.ToString());
            if (result.Participant is not { } participant) return true;
            bool isNew = result.Outcome == JoinOutcome.Joined;
            if (isNew) house.Metrics.Present(1);
            if (isNew) _sessions[participant] = new ParticipantSession(participant, house.MediaOf(this, participant));
            session = _sessions[participant];
            if (message.SetsLastN) participant.LastN = message.LastN;
            before = session.Connection;
            session.Connection = null;
            Tell();
            // Nothing can come between the list and the first change to it.
            connection.Socket.Send(Welcome(participant, connection, resumed: !isNew));
            if (session.Videos is { } videos) connection.Socket.Send(Forwarded(videos));
            session.Connection = connection;
            house.Raise(this, isNew ? RoomEvent.ParticipantJoined : RoomEvent.ParticipantResumed, participant);
        }

        before?.Socket.End(SessionEnd.TakenOver);
        return true;
    }

    /// <summary>That connection is over; nothing happens where another one has taken the place.</summary>
    public void OnConnectionLost(ParticipantSession session, ParticipantConnection connection, long now)
    {
        lock (_gate)
        {
            if (session.Connection != connection) return;
            session.Connection = null;
            _participants.OnConnectionLost(session.Participant, now);
            Tell();
            house.Raise(this, RoomEvent.ParticipantAway, session.Participant);
        }
    }

    /// <summary>The participant gives up its place; nothing happens where another connection has it.</summary>
    public void Leave(ParticipantSession session, ParticipantConnection connection)
    {
        lock (_gate)
        {
            if (session.Connection != connection || !_participants.Leave(session.Participant)) return;
            OnLeft(session.Participant, CloseReason.Left);
            Tell();
        }
    }

    public void Mute(ParticipantSession session, MuteMessage message)
    {
        lock (_gate)
        {
            var track = new ParticipantTrack(message.Source, message.Kind);
            if (!session.Participant.Mute(track, message.Muted)) return;
            if (track == ParticipantHouse.Microphone && message.Muted) _speaker.Remove(session.Participant.Id, isGone: false);
            Tell();
            house.Raise(this, RoomEvent.ParticipantChanged, session.Participant);
        }
    }

    public void SetLastN(ParticipantSession session, int? count)
    {
        lock (_gate)
        {
            session.Participant.LastN = count;
            UpdateVideos(session);
        }
    }

    /// <summary>Something in the room has changed, or may have.</summary>
    public void Refresh()
    {
        lock (_gate)
            if (!_isOver) Tell();
    }

    /// <summary>Some ten times a second.</summary>
    /// <returns>False: nobody is there any more, and the room is over.</returns>
    public bool Tick(long now)
    {
        lock (_gate)
        {
            ImmutableArray<Participant> over = _participants.Expire(now);
            foreach (Participant participant in over) OnLeft(participant, CloseReason.TimedOut);
            if (!over.IsEmpty) Tell();
            if (_speaker.Advance(now)) OnSpeakerChanged();
            _isOver = _participants.IsEmpty;
            return !_isOver;
        }
    }

    /// <summary>How loud a packet of that publication is. On a media loop: does not take the room's lock.</summary>
    public void OnLevel(string publication, int level, long now)
    {
        // A publication of camera and microphone is named as its participant is. What is read here is immutable.
        if (_participants.Find(publication) is { } participant && !participant.IsMuted(ParticipantHouse.Microphone))
            _speaker.OnLevel(participant.Id, level, now);
    }

    /// <summary>A WebRTC session of a participant is over, and not because it wanted that.</summary>
    public void OnMediaEnded(ParticipantMedia media, PeerConnectionRole role, CloseReason reason)
    {
        lock (_gate)
        {
            foreach (ParticipantSession session in _sessions.Values)
                if (session.Media == media) session.Connection?.Socket.Send(new EndedMessage(role.Word(), reason.Name()));
        }
    }

    /// <summary>That publication was ended through the API: who made it should know why nobody sees it any more.</summary>
    public void OnKicked(string publication)
    {
        lock (_gate)
        {
            foreach ((Participant participant, ParticipantSession session) in _sessions)
            {
                foreach (PublicationSource source in Enum.GetValues<PublicationSource>())
                {
                    if (source.PublicationOf(participant.Id) == publication)
                        session.Connection?.Socket.Send(new ErrorMessage(ErrorCode.Kicked, $"Your {source.Word()} was ended by an administrator."));
                }
            }
        }
    }

    /// <summary>The gateway stops.</summary>
    public Task CloseAsync(CloseReason reason)
    {
        lock (_gate)
        {
            _isOver = true;
            Task[] closing = [.. _sessions.Values.Select(session => session.Media.CloseAsync(reason))];
            house.Metrics.Present(-_sessions.Count);
            _sessions.Clear();
            return Task.WhenAll(closing);
        }
    }

    private JoinedMessage Welcome(Participant participant, ParticipantConnection connection, bool resumed)
    {
        ParticipantOptions options = house.Options.Participants;
        return new JoinedMessage(
            ParticipantConnection.Version, name, participant.Id, participant.Name, participant.ResumeSecret, resumed, (int)options.ResumeTime.TotalSeconds,
            connection.Caller.MayPublish, ParticipantView.PublicationsOf(participant, house.Registry.Find(name)),
            [.. _views.Where(view => view.Id != participant.Id)], _speaker.Speaker,
            house.Options.WebRtc.IceServers.Count == 0 ? [] : [new IceServerView([.. house.Options.WebRtc.IceServers])],
            new LimitsView(options.MaxPerRoom, options.MaxTracks, options.MessagesPerSecond, options.MaxMessageBytes, options.SdpLimits.MaxMediaSections));
    }

    private void OnLeft(Participant participant, CloseReason reason)
    {
        if (!_sessions.Remove(participant, out ParticipantSession? session)) return;
        house.Metrics.Present(-1);
        house.End(session.Media, reason);
        house.Raise(this, RoomEvent.ParticipantLeft, participant, reason.Name());
        if (_speaker.Remove(participant.Id, isGone: true)) OnSpeakerChanged();
    }

    private void OnSpeakerChanged()
    {
        string? speaker = _speaker.Speaker;
        Broadcast(new SpeakerMessage(speaker));
        house.Raise(this, RoomEvent.SpeakerChanged, speaker is null ? null : _participants.Find(speaker));
        UpdateVideos();
    }

    /// <summary>Everybody is told what has changed about the others since they were told last.</summary>
    private void Tell()
    {
        ImmutableArray<ParticipantView> views = Look();
        foreach (ParticipantView view in views)
        {
            byte[] text = JsonSerializer.SerializeToUtf8Bytes(view, SignallingJson.Default.ParticipantView);
            bool isKnown = _told.TryGetValue(view.Id, out byte[]? known);
            if (isKnown && known.AsSpan().SequenceEqual(text)) continue;
            _told[view.Id] = text;
            Broadcast(new ParticipantMessage(isKnown ? ParticipantMessage.Changed : ParticipantMessage.Joined, view), view.Id);
        }

        foreach (ParticipantView gone in _views)
        {
            if (views.Any(view => view.Id == gone.Id)) continue;
            _told.Remove(gone.Id);
            Broadcast(new ParticipantMessage(ParticipantMessage.Left, gone with { Publications = [] }), gone.Id);
        }

        _views = views;
        UpdateVideos();
    }

    private ImmutableArray<ParticipantView> Look()
    {
        Room? room = house.Registry.Find(name);
        ImmutableArray<ParticipantView> own = [.. _participants.All.Select(participant => ParticipantView.Of(participant, room))];
        if (room is null) return own;
        return own.AddRange(room.Publications
            .Where(publication => publication.Entrance != ParticipantView.RoomEntrance && _participants.Find(publication.Name) is null)
            .Select(publication => ParticipantView.Of(publication.Snapshot)));
    }

    private void Broadcast(GatewayMessage message, string? except = null)
    {
        byte[]? text = null;
        foreach (ParticipantSession session in _sessions.Values)
            if (session.Participant.Id != except) session.Connection?.Socket.Send(text ??= message.ToUtf8());
    }

    private void UpdateVideos()
    {
        foreach (ParticipantSession session in _sessions.Values) UpdateVideos(session);
    }

    private void UpdateVideos(ParticipantSession session)
    {
        ImmutableHashSet<string>? videos = null;
        if (session.Participant.LastN is { } count)
            videos = LastN.Choose(count, _speaker.Recent, Videos().Where(video => video.Owner != session.Participant.Id).Select(video => video.Video));
        bool isSame = videos is null ? session.Videos is null : session.Videos?.SetEquals(videos) == true;
        if (isSame) return;
        session.Videos = videos;
        session.Media.ShowVideos(videos);
        if (videos is not null) session.Connection?.Socket.Send(Forwarded(videos));
    }

    private static ForwardedMessage Forwarded(ImmutableHashSet<string> videos) => new([.. videos.Order(StringComparer.Ordinal)]);

    private IEnumerable<(string Owner, RoomVideo Video)> Videos()
    {
        foreach (ParticipantView view in _views)
        {
            bool isParticipant = view.Entrance == ParticipantView.RoomEntrance;
            foreach (PublicationView publication in view.Publications)
            {
                bool isCamera = isParticipant && publication.Source == ProtocolWords.Camera;
                if (publication.HasVideo) yield return (view.Id, new RoomVideo(publication.Name, isCamera ? view.Id : null));
            }
        }
    }
}
