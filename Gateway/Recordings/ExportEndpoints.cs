using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Authorization;
using Gateway.Http;
using Recorder.Archive;
using Recorder.Export;

namespace Gateway.Recordings;

/// <summary><c>/recordings/{id}/exports</c>: parts of a recording as files of their own.</summary>
internal sealed partial class ExportEndpoints(RecorderHost recorder, Access access)
{
    private const int MaxBody = 4096;

    public void Map(IEndpointRouteBuilder api)
    {
        RouteGroupBuilder exports = api.MapGroup("/recordings/{id}/exports").WithTags("Recordings");
        exports.MapPost("", Start).TakesBody("application/json", "{\"publication\": \"main\", \"from\": 60, \"to\": 90}: seconds from the recording's start")
            .Produces<ExportDescription>(202).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(422).ProducesProblem(429)
            .WithSummary("Make a file of a part of a publication, without encoding: from the last keyframe before it");
        exports.MapGet("", List).Produces<ImmutableArray<ExportDescription>>().ProducesProblem(404).WithSummary("The exports of a recording since the gateway started");
        exports.MapGet("/{export}", Get).Produces<ExportDescription>().ProducesProblem(404).WithSummary("An export with its progress, and its file once it is finished");
        exports.MapDelete("/{export}", Delete).Produces(204).ProducesProblem(403).ProducesProblem(404).WithSummary("End an export, and remove its file");
    }

    private async Task<IResult> Start(HttpContext context, string id)
    {
        if (Find(context, id, Right.Manage, out RecordingJournal found) is { } refusal) return refusal;
        (string? text, IResult? problem) = await SmallBody.ReadAsync(context.Request, "application/json", MaxBody);
        if (problem is not null) return problem;
        if (Read(text!) is not { } request) return Problems.BadRequest.Because("Send {\"publication\": \"main\", \"from\": 60, \"to\": 90} with seconds from the recording's start.");
        if (found.Document.Publication(request.Publication) is null)
            return Problems.NoSuchPublication.Because($"Recording {id} has no publication {request.Publication}.");
        if (recorder.Exports.Start(found, request) is not { } export)
            return Problems.TooManyRequests.Because($"At most {RecordingExports.MaxRunning} exports are made at one time, and {RecordingExports.MaxKept} kept: remove some.");
        return export.IsEmpty
            ? Problems.BadExport.Because($"Nothing finished is recorded of {request.Publication} from {request.From} s to {request.To} s.")
            : TypedResults.Accepted($"/api/v1/recordings/{id}/exports/{export.Id}", ExportDescription.Of(id, export));
    }

    private IResult List(HttpContext context, string id) => Find(context, id, Right.View, out _)
        ?? TypedResults.Ok(recorder.Exports.Of(id).Select(export => ExportDescription.Of(id, export)).ToImmutableArray());

    private IResult Get(HttpContext context, string id, string export)
    {
        if (Find(context, id, Right.View, out _) is { } refusal) return refusal;
        return recorder.Exports.Find(id, export) is { } found ? TypedResults.Ok(ExportDescription.Of(id, found)) : NoSuchExport(id, export);
    }

    private IResult Delete(HttpContext context, string id, string export)
    {
        if (Find(context, id, Right.Manage, out _) is { } refusal) return refusal;
        return recorder.Exports.Remove(id, export) ? TypedResults.NoContent() : NoSuchExport(id, export);
    }

    private IResult? Find(HttpContext context, string id, Right right, out RecordingJournal found)
    {
        found = recorder.Catalogue.Find(id)!;
        return found is null
            ? Problems.NoSuchRecording.Because($"There is no recording {id}.")
            : access.Refuse(context, Entrance.Recordings, found.Document.Room, right);
    }

    private static ExportRequest? Read(string text)
    {
        try
        {
            ExportRequest? request = JsonSerializer.Deserialize(text, ExportJson.Default.ExportRequest);
            return request is { Publication: not null, From: >= 0, To: < 1e9 } && request.To > request.From ? request : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IResult NoSuchExport(string id, string export) => Problems.NoSuchExport.Because($"Recording {id} has no export {export}.");

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(ExportRequest))]
    private sealed partial class ExportJson : JsonSerializerContext;
}

/// <summary>An export as the API shows it.</summary>
/// <param name="Progress">From 0 to 1.</param>
/// <param name="Url">Of the file, once it is finished.</param>
internal sealed record ExportDescription(string Id, string Publication, double From, double To, ExportState State, double Progress, string? Url, string? Error)
{
    public static ExportDescription Of(string recording, RecordingExport export) => new(
        export.Id, export.Request.Publication, export.Request.From, export.Request.To, export.State, Math.Round(export.Progress, 3),
        export.State == ExportState.Finished ? $"/recordings/{recording}/{export.File}" : null, export.Error);
}
