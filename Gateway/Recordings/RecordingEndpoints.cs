using Gateway.Api;
using Gateway.Authorization;
using Gateway.Http;
using Recorder.Archive;
using Recorder.Export;

namespace Gateway.Recordings;

/// <summary><c>/recordings</c>: the archive, and its files.</summary>
internal sealed class RecordingEndpoints(RecorderHost recorder, Access access)
{
    public void Map(IEndpointRouteBuilder api, IEndpointRouteBuilder root)
    {
        RouteGroupBuilder recordings = api.MapGroup("/recordings").WithTags("Recordings");
        recordings.MapGet("", List).Produces<Page<RecordingDocument>>().ProducesProblem(400).ProducesProblem(401)
            .WithSummary("Recordings, newest first: of ?room=, with media from ?from= until ?to=. Those of rooms whose view key did not come are left out");
        recordings.MapGet("/{id}", Get).Produces<RecordingDocument>().ProducesProblem(401).ProducesProblem(404)
            .WithSummary("One recording with its publications, their segments and gaps");
        recordings.MapDelete("/{id}", Delete).Produces(204).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Remove a recording with its files");
        root.MapGet("/recordings/{id}/{file}", Download).WithTags("Recordings").Produces(200).Produces(206).ProducesProblem(401).ProducesProblem(404)
            .WithSummary("A file of a recording, by name as its segments tell; with Range");
    }

    private IResult List(HttpContext context, string? room, DateTimeOffset? from, DateTimeOffset? to, int? offset, int? limit)
    {
        if (room is not null && Names.Refuse(room) is { } bad) return bad;
        if (room is not null && access.Refuse(context, Entrance.Recordings, room, Right.View) is { } refusal) return refusal;
        if (!PageRequest.TryRead(offset, limit, out PageRequest page, out IResult? problem)) return problem!;
        string? credential = Caller.Credential(context.Request);
        Remote remote = Caller.Remote(context.Request);
        return TypedResults.Ok(page.Of(
        [
            .. recorder.Catalogue.List(new RecordingQuery(room, from, to))
                .Where(recording => access.Allows(Entrance.Recordings, recording.Room, Right.View, credential, remote)),
        ]));
    }

    private IResult Get(HttpContext context, string id) =>
        Find(context, id, Right.View, out RecordingJournal found) ?? TypedResults.Ok(found.Document);

    private IResult Delete(HttpContext context, string id)
    {
        if (Find(context, id, Right.Manage, out RecordingJournal found) is { } refusal) return refusal;
        if (found.Document.State == RecordingState.Recording)
            return Problems.RecordingRuns.Because($"End it first: DELETE /api/v1/rooms/{found.Document.Room}/recording.");
        recorder.Exports.RemoveAll(id);
        return recorder.Catalogue.Delete(id) ? TypedResults.NoContent() : NoSuchRecording(id);
    }

    private IResult Download(HttpContext context, string id, string file)
    {
        if (Find(context, id, Right.View, out RecordingJournal found) is { } refusal) return refusal;
        if (!found.Has(file) && !recorder.Exports.Of(id).Any(export => export.State == ExportState.Finished && export.File == file)) return Problems.NotFound.Because($"Recording {id} has no file of that name.");
        try
        {
            // Not all of a running recording is there yet: what is there now, is what this answer has.
            var content = new FileStream(found.Folder.PathOf(file), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            bool isWhole = found.Document.Segment(file) is not { Finished: false };
            context.Response.Headers.CacheControl = isWhole ? "private" : "no-store";
            DateTimeOffset? changed = isWhole ? File.GetLastWriteTimeUtc(content.SafeFileHandle) : null;
            return TypedResults.File(content, ContentTypeOf(file), lastModified: changed, enableRangeProcessing: true);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Problems.NotFound.Because($"The file {file} of recording {id} is gone.");
        }
    }

    private IResult? Find(HttpContext context, string id, Right right, out RecordingJournal found)
    {
        found = recorder.Catalogue.Find(id)!;
        return found is null ? NoSuchRecording(id) : access.Refuse(context, Entrance.Recordings, found.Document.Room, right);
    }

    private static IResult NoSuchRecording(string id) =>
        Problems.NoSuchRecording.Because($"There is no recording {id}; GET /api/v1/recordings lists them.");

    private static string ContentTypeOf(string file) => Path.GetExtension(file) switch
    {
        ".mp4" => "video/mp4",
        ".webm" => "video/webm",
        ".jpg" => "image/jpeg",
        _ => "application/octet-stream",
    };
}
