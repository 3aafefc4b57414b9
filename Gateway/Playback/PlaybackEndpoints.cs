using Gateway.Api;
using Gateway.Authorization;
using Gateway.Hosting;
using Gateway.Http;
using Gateway.Options;
using Ingest.Playback;
using Rooms.Publishing;

namespace Gateway.Playback;

/// <summary>Files and recordings played into rooms: start, look, pause, seek, end; and which files there are.</summary>
internal sealed class PlaybackEndpoints(PlaybackHouse house, PlaybackSources sources, Access access, Readiness readiness, GatewayOptions options)
{
    private const string OrderExample = "{\"file\":\"talk.mp4\",\"as\":\"talk\",\"loop\":true,\"start\":0}";
    private const string ChangeExample = "{\"paused\":true}, {\"position\":12.5} or {\"loop\":false}";

    public void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/media", ListFiles).WithTags("Playback").Produces<Page<MediaFileDescription>>().ProducesProblem(400).ProducesProblem(403)
            .WithSummary("The files that can be played into a room")
            .WithDescription("For callers on the gateway's own machine, with the admin key, or with the publish key of the room that ?room= names.");
        RouteGroupBuilder playback = api.MapGroup("/rooms/{room}/playback").WithTags("Playback");
        playback.MapPost("", Post).TakesBody("application/json", $"What to play: {OrderExample}, or {{\"recording\":ID,\"publication\":\"all\"}}.")
            .Produces<PlaybackDescription>(201).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(422).ProducesProblem(503)
            .WithSummary("Play a file, or a recording, into a room as live publications")
            .WithDescription("Answers when the first frames were read and the publications are live.");
        playback.MapGet("", List).Produces<Page<PlaybackDescription>>().ProducesProblem(400)
            .WithSummary("The playbacks of a room; those that are over stay in the list for a while, with the reason");
        playback.MapGet("/{id}", Get).Produces<PlaybackDescription>().ProducesProblem(404).WithSummary("One playback: state, position, duration");
        playback.MapPatch("/{id}", Patch).TakesBody("application/json", $"What is to change: {ChangeExample}.")
            .Produces<PlaybackDescription>().ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Pause, resume, seek to the last keyframe at or before a position, loop or not");
        playback.MapDelete("/{id}", Delete).Produces(204).ProducesProblem(403).ProducesProblem(404)
            .WithSummary("End a playback: its publications end at once");
    }

    private IResult ListFiles(HttpContext context, string? room, int? offset, int? limit)
    {
        if (Refuse(context, room, out _) is { } refusal) return refusal;
        if (!PageRequest.TryRead(offset, limit, out PageRequest page, out IResult? problem)) return problem!;
        Page<MediaFolderFile> files = page.Of(house.Folder.List());
        return TypedResults.Ok(new Page<MediaFileDescription>(
            [.. files.Items.Select(file => new MediaFileDescription(file.Name, file.Bytes, file.Changed))], files.Offset, files.Limit, files.Total));
    }

    private async Task<IResult> Post(HttpContext context, string room)
    {
        if (Names.Refuse(room) is { } bad) return bad;
        if (Refuse(context, room, out string owner) is { } refusal) return refusal;
        if (readiness.IsDraining) return Problems.ShuttingDown.Because("The gateway is stopping.");
        (PlaybackOrder? order, IResult? problem) = await PlaybackBody.ReadAsync<PlaybackOrder>(context.Request, OrderExample);
        if (problem is not null) return problem;
        if (!PlaybackBody.IsTime(order!.Start)) return Problems.BadRequest.Because($"start is 0 to {PlaybackBody.MaxSeconds} seconds.");
        (var parts, problem) = sources.Find(context, order);
        if (problem is not null) return problem;

        var request = new PlaybackRequest(
            PlaybackSources.NewId(), room, owner, parts, order.Loop ?? false, TimeSpan.FromSeconds(order.Start ?? 0));
        if (house.Add(request) is not { } playback)
            return Problems.TooManyPlaybacks.Because($"{options.MaxPlaybacks} playbacks run, which is the most (Playback:MaxPlaybacks).");
        PlaybackStart start = await playback.Started;
        if (start is { Failure: null, Refusal: null })
            return TypedResults.Created($"/api/v1/rooms/{room}/playback/{request.Id}", await PlaybackDescription.OfAsync(playback));
        house.Forget(playback);
        return start.Refusal is { } no ? Refuse(no, room, start.Publication!) : Problems.Unplayable.Because(start.Failure!);
    }

    private async Task<IResult> List(HttpContext context, string room, int? offset, int? limit)
    {
        if (access.Refuse(context, Entrance.Api, room, Right.List) is { } refusal) return refusal;
        if (!PageRequest.TryRead(offset, limit, out PageRequest page, out IResult? problem)) return problem!;
        Page<RoomPlayback> some = page.Of(house.Of(room));
        PlaybackDescription[] items = await Task.WhenAll(some.Items.Select(PlaybackDescription.OfAsync));
        return TypedResults.Ok(new Page<PlaybackDescription>(items, some.Offset, some.Limit, some.Total));
    }

    private async Task<IResult> Get(HttpContext context, string room, string id)
    {
        if (access.Refuse(context, Entrance.Api, room, Right.List) is { } refusal) return refusal;
        return house.Find(room, id) is { } playback ? TypedResults.Ok(await PlaybackDescription.OfAsync(playback)) : NoSuchPlayback(room, id);
    }

    private async Task<IResult> Patch(HttpContext context, string room, string id)
    {
        if (Refuse(context, room, out _) is { } refusal) return refusal;
        if (house.Find(room, id) is not { } playback) return NoSuchPlayback(room, id);
        (PlaybackChange? change, IResult? problem) = await PlaybackBody.ReadAsync<PlaybackChange>(context.Request, ChangeExample);
        if (problem is not null) return problem;
        if (!PlaybackBody.IsTime(change!.Position)) return Problems.BadRequest.Because($"position is 0 to {PlaybackBody.MaxSeconds} seconds.");
        bool isApplied = await playback.Loop.InvokeAsync(() => Apply(playback, change));
        PlaybackDescription now = await PlaybackDescription.OfAsync(playback);
        return isApplied ? TypedResults.Ok(now) : Problems.PlaybackOver.Because($"Playback {id} is over ({now.Reason}). Post it anew.");
    }

    private async Task<IResult> Delete(HttpContext context, string room, string id)
    {
        if (Refuse(context, room, out _) is { } refusal) return refusal;
        if (house.Find(room, id) is not { } playback) return NoSuchPlayback(room, id);
        await playback.Loop.InvokeAsync(() => playback.Stop("ended through the API"));
        return TypedResults.NoContent();
    }

    private static bool Apply(RoomPlayback playback, PlaybackChange change)
    {
        if (playback.IsOver) return false;
        if (change.Loop is { } loop) playback.Loops = loop;
        // In the order that leaves no moment of what is not wanted.
        if (change.Paused == true) playback.Pause();
        if (change.Position is { } position) playback.Seek(TimeSpan.FromSeconds(position));
        if (change.Paused == false) playback.Resume();
        return true;
    }

    /// <summary>For callers at this machine, with the admin key, or with the room's publish key where it has one.</summary>
    private IResult? Refuse(HttpContext context, string? room, out string owner)
    {
        bool isPublisher = room is not null && options.Room(room).PublishKey is not null
            && access.Allows(Entrance.Api, room, Right.Publish, Caller.Credential(context.Request), Caller.Remote(context.Request));
        return access.Refuse(context, Entrance.Api, room, isPublisher ? Right.Publish : Right.Manage, out owner);
    }

    private static IResult Refuse(PublishRefusal refusal, string room, string publication) => refusal switch
    {
        PublishRefusal.NameTaken => Problems.NameTaken.Because($"Somebody else publishes '{publication}' in room '{room}'. Take another name by \"as\"."),
        PublishRefusal.TakeoverTooOften => Problems.NameTaken.Because($"'{publication}' in room '{room}' was taken over too often just now."),
        PublishRefusal.ShuttingDown => Problems.ShuttingDown.Because("The gateway is stopping."),
        _ => Problems.TooManyPublications.Because($"There is no place for '{publication}' in room '{room}'."),
    };

    private static IResult NoSuchPlayback(string room, string id) => Problems.NoSuchPlayback.Because($"Room {room} has no playback {id}.");
}
