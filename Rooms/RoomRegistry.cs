using System.Collections.Concurrent;
using System.Collections.Immutable;
using Media.Scheduling;
using Rooms.Publishing;

namespace Rooms;

/// <summary>
/// All rooms by name, and the one place where names are given out. Thread safe: the lock guards names and owners only,
/// never media, which lives on each publication's home loop.
/// </summary>
public sealed class RoomRegistry(RoomsContext context, IReadOnlyList<MediaLoop> loops)
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, Room> _rooms = new();
    private readonly Dictionary<Publication, Seat> _seats = [];
    private bool _closed;

    public RoomsContext Context { get; } = context;

    public RoomEvents Events => Context.Events;

    /// <summary>Where viewers live.</summary>
    public LoopLoads Loads { get; } = new(loops);

    /// <summary>A snapshot, ordered by name.</summary>
    public ImmutableArray<Room> Rooms => [.. _rooms.Values.OrderBy(room => room.Name, StringComparer.Ordinal)];

    public Room? Find(string room) => _rooms.GetValueOrDefault(room);

    /// <summary>The publication that a player asks for; null = nothing of that name.</summary>
    public Publication? Find(string room, string? publication)
    {
        Room? found = Find(room);
        return publication is null ? found?.Default : found?.Find(publication);
    }

    /// <summary>Gives a publisher its place, a new one or one that it, or its predecessor, had before.</summary>
    public PublishResult Publish(PublishRequest request, IPublisher publisher)
    {
        IPublisher? replaced = null;
        PublishResult result;
        lock (_gate)
        {
            if (_closed) return PublishResult.Refused(PublishRefusal.ShuttingDown);
            Room? room = Find(request.Room);
            Publication? existing = room?.Find(request.Publication);
            if (existing is not null && !MayTake(existing, request)) existing = Replaceable(existing);
            else if (existing is null && Refuse(room) is { } full) return PublishResult.Refused(full);

            if (existing is null && room?.Find(request.Publication) is not null)
                return PublishResult.Refused(PublishRefusal.NameTaken);
            result = existing is null ? Open(request, publisher) : TakeOver(existing, publisher, out replaced);
        }

        replaced?.OnRemoved(CloseReason.Replaced);
        return result;
    }

    /// <summary>
    /// A publisher is done with its publication: its name is free at once, and takers do not wait. Nothing happens where
    /// somebody else has taken the place.
    /// </summary>
    public void Unpublish(Publication publication, IPublisher publisher, CloseReason reason)
    {
        lock (_gate)
        {
            if (!_seats.TryGetValue(publication, out Seat? seat) || (seat.Publisher ?? publisher) != publisher) return;
            seat.Publisher = null;
            publication.Room.Remove(publication);
        }

        publication.Loop.Post(() => publication.End(reason));
    }

    /// <summary>The loop for a session that is to feed those publications: where they are, else where the fewest are.</summary>
    public MediaLoop LoopFor(string room, IEnumerable<string> publications)
    {
        Publication? existing = publications.Select(name => Find(room)?.Find(name)).FirstOrDefault(found => found is not null);
        if (existing is not null) return existing.Loop;
        lock (_gate) return HomeLoop();
    }

    /// <summary>Ends a publication and tells its publisher. False: there is none of that name.</summary>
    public bool Kick(string room, string publication)
    {
        if (Find(room)?.Find(publication) is not { } found) return false;
        End(found, CloseReason.Kicked);
        return true;
    }

    /// <summary>Ends everything; nothing can be published any more.</summary>
    public void Close()
    {
        lock (_gate) _closed = true;
        foreach (Room room in Rooms)
            foreach (Publication publication in room.Publications) End(publication, CloseReason.ShuttingDown);
    }

    internal void OnAway(Publication publication, PublicationWriter writer)
    {
        // Its successor may have the seat already.
        lock (_gate)
            if (_seats.TryGetValue(publication, out Seat? seat) && seat.Writer == writer) seat.Publisher = null;
    }

    internal void OnEnded(Publication publication)
    {
        lock (_gate)
        {
            _seats.Remove(publication);
            Room room = publication.Room;
            room.Remove(publication);
            if (room.Publications.IsEmpty) _rooms.TryRemove(KeyValuePair.Create(room.Name, room));
        }
    }

    private void End(Publication publication, CloseReason reason)
    {
        IPublisher? publisher = null;
        lock (_gate)
            if (_seats.TryGetValue(publication, out Seat? seat)) (publisher, seat.Publisher) = (seat.Publisher, null);
        publication.Loop.Post(() => publication.End(reason));
        publisher?.OnRemoved(reason);
    }

    private static bool SameParty(Publication existing, PublishRequest request) =>
        existing.Entrance == request.Entrance && existing.Owner == request.Owner;

    private bool MayTake(Publication existing, PublishRequest request)
    {
        if (!SameParty(existing, request) || (request.Loop is { } loop && loop != existing.Loop)) return false;
        if (_seats[existing].Publisher is null) return true; // away: its own place waits for it
        return Context.Options.TakeoverOf(existing.Room.Name) switch
        {
            TakeoverPolicy.SameCredential => true,
            TakeoverPolicy.WhenIdle => existing.IsIdle(existing.Loop.Now),
            _ => false,
        };
    }

    /// <summary>A name whose publisher is away is free for others: its old publication ends, and null opens a new one.</summary>
    private Publication? Replaceable(Publication existing)
    {
        if (_seats[existing].Publisher is not null) return null;
        existing.Room.Remove(existing);
        existing.Loop.Post(() => existing.End(CloseReason.PublisherGone));
        return null;
    }

    private PublishRefusal? Refuse(Room? room)
    {
        if (room is null) return _rooms.Count >= Context.Options.MaxRooms ? PublishRefusal.TooManyRooms : null;
        return room.Publications.Length >= Context.Options.MaxPublicationsPerRoom
            ? PublishRefusal.TooManyPublications
            : null;
    }

    private PublishResult Open(PublishRequest request, IPublisher publisher)
    {
        Room room = _rooms.GetOrAdd(request.Room, static (name, registry) => new Room(name, registry), this);
        var publication = new Publication(room, request, request.Loop ?? HomeLoop(), Context);
        var seat = new Seat { Publisher = publisher, Writer = publication.Attach() };
        _seats[publication] = seat;
        room.Add(publication);
        return new PublishResult(seat.Writer, default);
    }

    private PublishResult TakeOver(Publication existing, IPublisher publisher, out IPublisher? replaced)
    {
        Seat seat = _seats[existing];
        replaced = null;
        if (seat.Publisher is not null && !seat.Guard.TryTakeOver(existing.Loop.Now))
            return PublishResult.Refused(PublishRefusal.TakeoverTooOften);
        (replaced, seat.Publisher, seat.Writer) = (seat.Publisher, publisher, existing.Attach());
        return new PublishResult(seat.Writer, default);
    }

    /// <summary>The loop with the fewest publications and viewers.</summary>
    private MediaLoop HomeLoop() =>
        Loads.Loops.MinBy(loop => _seats.Keys.Count(publication => publication.Loop == loop) + Loads.ViewersOn(loop))!;

    /// <summary>Who sits on a publication now, and who has sat there lately.</summary>
    private sealed class Seat
    {
        public IPublisher? Publisher { get; set; }

        public PublicationWriter? Writer { get; set; }

        public TakeoverGuard Guard { get; } = new();
    }
}
