using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net.WebSockets;
using Media.Scheduling;
using Protocols.Rtp;
using Rooms;

namespace Gateway.Participants;

/// <summary>All rooms that somebody has joined, by name, and the connections to them. Thread safe.</summary>
internal sealed class ParticipantRooms : IDisposable
{
    /// <summary>How often speakers and absences are looked at.</summary>
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);

    /// <summary>Events of rooms may be lost when there are too many at a time: so often all rooms are looked at, whatever was told.</summary>
    private const int TicksPerLook = 10;

    private static readonly TimeSpan s_closingTime = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, ParticipantRoom> _rooms = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ParticipantConnection, Task> _connections = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ParticipantHouse _house;
    private readonly ILoggerFactory _loggers;

    public ParticipantRooms(ParticipantHouse house, ILoggerFactory loggers)
    {
        (_house, _loggers) = (house, loggers);
        if (house.WebRtc.ParticipantIngest is { } ingest)
        {
            ingest.AudioLevel += OnLevel;
            ingest.Closed += (session, reason, _) => OnMediaEnded(session.Id, reason);
        }

        if (house.WebRtc.ParticipantEgress is { } egress) egress.Closed += (session, reason, _) => OnMediaEnded(session.Id, reason);
    }

    public ImmutableArray<string> Names => [.. _rooms.Keys];

    /// <summary>Those who came by the rooms' own protocol; empty where nobody did.</summary>
    public ImmutableArray<ParticipantView> ParticipantsOf(string room) =>
        _rooms.TryGetValue(room, out ParticipantRoom? found) ? found.Participants : [];

    public void Start()
    {
        _ = FollowEventsAsync();
        _ = TickAsync();
    }

    /// <summary>Until the connection is over.</summary>
    public async Task RunAsync(WebSocket webSocket, string room, ParticipantCaller caller)
    {
        using var socket = new ParticipantSocket(webSocket, _house.Options.Participants.MaxMessageBytes);
        var connection = new ParticipantConnection(socket, room, caller, this, _house, _loggers.CreateLogger<ParticipantConnection>());
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[connection] = over.Task;
        try
        {
            if (_stopping.IsCancellationRequested) socket.End(SessionEnd.ShuttingDown);
            await connection.RunAsync();
        }
        finally
        {
            _connections.TryRemove(connection, out _);
            over.SetResult();
        }
    }

    /// <returns>A refusal, or the place.</returns>
    public (SessionEnd? Refusal, ParticipantRoom? Room, ParticipantSession? Session) Join(string name, ParticipantConnection connection, JoinMessage message)
    {
        while (true)
        {
            if (!_rooms.TryGetValue(name, out ParticipantRoom? room))
            {
                if (_rooms.Count >= _house.Registry.Context.Options.MaxRooms) return (SessionEnd.TooManyRooms, null, null);
                room = _rooms.GetOrAdd(name, static (name, house) => new ParticipantRoom(name, house), _house);
            }

            if (room.TryJoin(connection, message, _house.Clock.Now, out ParticipantSession? session))
                return session is null ? (SessionEnd.RoomFull, null, null) : (null, room, session);
            _rooms.TryRemove(KeyValuePair.Create(name, room));
        }
    }

    /// <summary>Tells everybody that the gateway stops, and waits until they know, or have had the time to.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        Task[] connections = [.. _connections.Values];
        foreach (ParticipantConnection connection in _connections.Keys) connection.Socket.End(SessionEnd.ShuttingDown);
        await Task.WhenAll(connections).WaitAsync(s_closingTime).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_rooms.Values.Select(room => room.CloseAsync(CloseReason.ShuttingDown)))
            .WaitAsync(s_closingTime).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    private void OnLevel(Publication publication, AudioLevel level, long now)
    {
        if (_rooms.TryGetValue(publication.Room.Name, out ParticipantRoom? room)) room.OnLevel(publication.Name, level.Decibels, now);
    }

    private void OnMediaEnded(string session, CloseReason reason)
    {
        if (_house.Peers.Remove(session) is not { } media) return;
        // Its participant has offered with a new peer connection, and knows.
        if (reason == CloseReason.Replaced || media.OnEnded(session) is not { } role) return;
        // We are on a media loop, which must not wait for a room's lock.
        ThreadPool.QueueUserWorkItem(static state => state.media.Room.OnMediaEnded(state.media, state.role, state.reason), (media, role, reason), preferLocal: false);
    }

    private async Task FollowEventsAsync()
    {
        using RoomEventListener listener = _house.Registry.Events.Listen();
        try
        {
            await foreach (RoomEvent roomEvent in listener.Reader.ReadAllAsync(_stopping.Token))
            {
                bool concerns = roomEvent.Type.StartsWith("publication.", StringComparison.Ordinal) || roomEvent.Type.StartsWith("track.", StringComparison.Ordinal);
                if (!concerns || !_rooms.TryGetValue(roomEvent.Room, out ParticipantRoom? room)) continue;
                room.Refresh();
                if (roomEvent is { Type: RoomEvent.PublicationEnded, Publication: { } publication } && roomEvent.Detail == CloseReason.Kicked.Name()) room.OnKicked(publication);
            }
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
    }

    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(s_tick, _house.Clock.TimeProvider);
        try
        {
            for (long tick = 1; await timer.WaitForNextTickAsync(_stopping.Token); tick++)
            {
                foreach ((string name, ParticipantRoom room) in _rooms)
                {
                    if (!room.Tick(_house.Clock.Now)) _rooms.TryRemove(KeyValuePair.Create(name, room));
                    else if (tick % TicksPerLook == 0) room.Refresh();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
    }
}
