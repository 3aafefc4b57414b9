using Gateway.Authorization;
using Gateway.Http;
using Recorder;
using Recorder.Archive;

namespace Gateway.Recordings;

/// <summary><c>/rooms/{room}/recording</c>: the recording that is made of a room.</summary>
internal sealed class RoomRecordingEndpoints(RecorderHost recorder, Access access)
{
    public void Map(IEndpointRouteBuilder api)
    {
        RouteGroupBuilder recording = api.MapGroup("/rooms/{room}/recording").WithTags("Recordings");
        recording.MapGet("", Get).Produces<RecordingDocument>().ProducesProblem(401).ProducesProblem(404)
            .WithSummary("The recording that is made of the room now");
        recording.MapPost("", Start).Produces<RecordingDocument>().Produces<RecordingDocument>(201).ProducesProblem(403).ProducesProblem(409).ProducesProblem(503)
            .WithSummary("Record what is published in the room, from now until nobody publishes any more; 200 = it is recorded already");
        recording.MapDelete("", Stop).Produces<RecordingDocument>().ProducesProblem(403).ProducesProblem(404)
            .WithSummary("End the room's recording; answered when its files are finished");
    }

    private IResult Get(HttpContext context, string room)
    {
        if (Names.Refuse(room) is { } bad) return bad;
        if (access.Refuse(context, Entrance.Recordings, room, Right.View) is { } refusal) return refusal;
        return recorder.Recorders.Find(room) is { } found ? TypedResults.Ok(found.Document) : NotRecorded(room);
    }

    private IResult Start(HttpContext context, string room)
    {
        if (Names.Refuse(room) is { } bad) return bad;
        if (access.Refuse(context, Entrance.Recordings, room, Right.Manage) is { } refusal) return refusal;
        if (recorder.OffBecause is { } off) return Problems.RecorderOff.Because(off);
        if (recorder.Recorders.PolicyOf(room) == RecordingPolicy.Off)
            return Problems.RecordingOff.Because($"Recording is off for room {room} (Rooms:{room}:Recording, or Recorder:Policy).");
        if (recorder.Recorders.Start(room, out bool isNew) is not { } started)
            return Problems.NothingLive.Because($"Nobody publishes in room {room} now. To record all that is ever published, set Rooms:{room}:Recording=always.");
        string location = $"/api/v1/recordings/{started.Document.Id}";
        return isNew ? TypedResults.Created(location, started.Document) : TypedResults.Ok(started.Document);
    }

    private async Task<IResult> Stop(HttpContext context, string room)
    {
        if (Names.Refuse(room) is { } bad) return bad;
        if (access.Refuse(context, Entrance.Recordings, room, Right.Manage) is { } refusal) return refusal;
        return await recorder.Recorders.StopAsync(room) is { } stopped ? TypedResults.Ok(stopped) : NotRecorded(room);
    }

    private static IResult NotRecorded(string room) => Problems.NotRecorded.Because($"Room {room} is not being recorded now.");
}
