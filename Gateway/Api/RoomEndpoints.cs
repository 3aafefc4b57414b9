using Gateway.Authorization;
using Gateway.Http;
using Gateway.Options;
using Gateway.Participants;
using Rooms;

namespace Gateway.Api;

/// <summary>Which rooms there are, what is live in them, and how to end it.</summary>
internal sealed class RoomEndpoints(RoomRegistry registry, ParticipantRooms participants, GatewayOptions options, Access access)
{
    /// <summary>Subscribers listed with a room; the rest by their own list.</summary>
    private const int SubscribersShown = 100;

    public void Map(IEndpointRouteBuilder api)
    {
        RouteGroupBuilder rooms = api.MapGroup("/rooms").WithTags("Rooms");
        rooms.MapGet("", List).Produces<Page<RoomDescription>>().ProducesProblem(400)
            .WithSummary("The rooms with what is live in each");
        rooms.MapGet("/{room}", Get).Produces<RoomDescription>().ProducesProblem(400).ProducesProblem(404)
            .WithSummary("One room with its participants, its publications, their tracks and the first 100 subscribers of each");
        rooms.MapGet("/{room}/subscribers", ListSubscribers).Produces<Page<SubscriberDescription>>().ProducesProblem(404)
            .WithSummary("The subscribers of a room");
        rooms.MapDelete("/{room}/publications/{publication}", KickPublication)
            .Produces(204).ProducesProblem(403).ProducesProblem(404)
            .WithSummary("End a publication and send its publisher away");
        rooms.MapDelete("/{room}/subscribers/{id}", KickSubscriber)
            .Produces(204).ProducesProblem(403).ProducesProblem(404)
            .WithSummary("Send a subscriber away");
    }

    private IResult List(HttpContext context, int? offset, int? limit)
    {
        if (access.Refuse(context, Entrance.Api, null, Right.List) is { } refusal) return refusal;
        if (!PageRequest.TryRead(offset, limit, out PageRequest page, out IResult? problem)) return problem!;
        string[] names = [.. registry.Rooms.Select(room => room.Name).Union(participants.Names).Order(StringComparer.Ordinal)];
        Page<string> some = page.Of(names);
        return TypedResults.Ok(new Page<RoomDescription>([.. some.Items.Select(name => Describe(name, subscribers: 0))], some.Offset, some.Limit, some.Total));
    }

    private IResult Get(HttpContext context, string room)
    {
        if (Names.Refuse(room) is { } bad) return bad;
        if (access.Refuse(context, Entrance.Api, room, Right.List) is { } refusal) return refusal;
        RoomDescription found = Describe(room, SubscribersShown);
        return found is { Publications.IsEmpty: true, Participants.IsEmpty: true } ? NoSuchRoom(room) : TypedResults.Ok(found);
    }

    private IResult ListSubscribers(HttpContext context, string room, int? offset, int? limit)
    {
        if (access.Refuse(context, Entrance.Api, room, Right.List) is { } refusal) return refusal;
        if (!PageRequest.TryRead(offset, limit, out PageRequest page, out IResult? problem)) return problem!;
        if (registry.Find(room) is not { } found) return NoSuchRoom(room);
        return TypedResults.Ok(page.Of(
        [
            .. found.Publications.SelectMany(publication =>
                publication.Snapshot.Subscribers.Select(subscriber => SubscriberDescription.Of(publication.Name, subscriber))),
        ]));
    }

    private IResult KickPublication(HttpContext context, string room, string publication)
    {
        if (access.Refuse(context, Entrance.Api, room, Right.Manage) is { } refusal) return refusal;
        return registry.Kick(room, publication)
            ? TypedResults.NoContent()
            : Problems.NoSuchPublication.Because($"Room {room} has no publication {publication}.");
    }

    private async Task<IResult> KickSubscriber(HttpContext context, string room, string id)
    {
        if (access.Refuse(context, Entrance.Api, room, Right.Manage) is { } refusal) return refusal;
        if (registry.Find(room) is not { } found) return NoSuchRoom(room);
        foreach (Publication publication in found.Publications)
            if (await publication.Loop.InvokeAsync(() => Kick(publication, id))) return TypedResults.NoContent();
        return Problems.NoSuchSubscriber.Because($"Room {room} has no subscriber {id}.");
    }

    private static bool Kick(Publication publication, string id)
    {
        Subscriber? subscriber = publication.Subscribers.FirstOrDefault(candidate => candidate.Id == id);
        subscriber?.Close(CloseReason.Kicked);
        return subscriber is not null;
    }

    private RoomDescription Describe(string room, int subscribers) =>
        RoomDescription.Of(room, registry.Find(room), participants.ParticipantsOf(room), options.Room(room), subscribers);

    private static IResult NoSuchRoom(string room) => Problems.NoSuchRoom.Because(
        $"Nobody is in room {room}. A room exists while somebody is in it; GET /api/v1/rooms lists them.");
}
