using System.Text.Json;
using Gateway.Http;
using Gateway.Signalling;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Rooms;

namespace Gateway.Whep;

/// <summary>
/// The server-sent-events and layer extensions of one session. Beside the draft's events there are <c>media</c> (which
/// kinds the publication has: who lacks one opens a second session) and <c>closed</c> (with the reason).
/// </summary>
internal sealed class WhepEventEndpoints(
    WhepSessions sessions, RoomRegistry registry, IOptions<JsonOptions> json, TimeProvider time)
{
    private const string Pattern = "/whep/{room}/sessions/{secret}/events";
    private const string LayerPattern = "/whep/{room}/sessions/{secret}/layer";
    private const string Methods = "GET, POST, OPTIONS";
    private const string Json = "application/json";
    private const int MaxBody = 4096;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Pattern, Stream).WithTags("Watching").Produces<string>(200, "text/event-stream").ProducesProblem(404)
            .WithSummary("News of the session: active, inactive, layers, viewercount, media, closed");
        routes.MapPost(Pattern, Choose).WithTags("Watching").TakesBody(Json, "An array of event types").Produces(201)
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(415)
            .WithSummary("Choose among the events; Location leads to the stream of those");
        routes.MapPost(LayerPattern, SelectLayer).WithTags("Watching").TakesBody(Json, "An object with encodingId").Produces(200)
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(415)
            .WithSummary("Choose an encoding of a simulcast source by its encodingId; without one, the largest that is live");
        foreach (string pattern in (string[])[Pattern, LayerPattern])
            routes.MapMethods(pattern, ["OPTIONS"], (HttpContext context) =>
            {
                Cors.Allow(context, Methods);
                return TypedResults.NoContent();
            }).ExcludeFromDescription();
    }

    private async Task<IResult> Choose(HttpContext context, string room, string secret)
    {
        Cors.Allow(context, Methods);
        if (sessions.Find(secret) is null) return SessionRequests.NoSuchSession();
        (string? text, IResult? problem) = await SmallBody.ReadAsync(context.Request, Json, MaxBody);
        if (problem is not null) return problem;
        if (!TryRead(text!, out string[]? types) || types!.Except(WhepExtensions.EventTypes.Split(',')).Any())
            return Problems.BadRequest.Because($"Send a JSON array of some of: {WhepExtensions.EventTypes}");
        return TypedResults.Created($"/whep/{room}/sessions/{secret}/events?types={string.Join(',', types!)}");
    }

    private async Task<IResult> SelectLayer(HttpContext context, string secret)
    {
        Cors.Allow(context, Methods);
        if (sessions.Find(secret) is not { } session) return SessionRequests.NoSuchSession();
        (string? text, IResult? problem) = await SmallBody.ReadAsync(context.Request, Json, MaxBody);
        if (problem is not null) return problem;
        if (!TryRead(text!, out LayerChoice? choice)) return Problems.BadRequest.Because("Send a JSON object with encodingId.");
        string? mid = session.Answer.Media.FirstOrDefault(media => media.Kind == "video")?.Mid;
        if (choice!.MediaId is { } chosen && chosen != mid)
            return Problems.BadRequest.Because($"There is nothing to choose in section \"{chosen}\"{(mid is null ? "" : $"; video is in \"{mid}\"")}.");
        if (await session.Viewer.ChooseEncodingAsync(choice.EncodingId)) return TypedResults.Ok();
        string there = string.Join(", ", WhepLayers.Of(session.Viewer.Publication.Snapshot).Select(layer => $"\"{layer.EncodingId}\""));
        return Problems.BadRequest.Because($"There is no encoding \"{choice.EncodingId}\"; there is {(there.Length == 0 ? "none" : there)}.");
    }

    private async Task<IResult> Stream(HttpContext context, string secret, string? types)
    {
        Cors.Allow(context, Methods);
        if (sessions.Find(secret) is not { } session) return SessionRequests.NoSuchSession();
        using RoomEventListener listener = registry.Events.Listen();
        using var stream = new EventStream(context, json.Value.SerializerOptions, time);
        var events = new WhepEvents(session, stream, types?.Split(','));
        try
        {
            await stream.OpenAsync();
            await events.RunAsync(listener, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The client left.
        }

        return TypedResults.Empty;
    }

    private bool TryRead<T>(string text, out T? value)
    {
        value = default;
        try
        {
            value = JsonSerializer.Deserialize<T>(text, json.Value.SerializerOptions);
            return value is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

/// <summary>What the layer extension is asked for.</summary>
internal sealed record LayerChoice(string? MediaId, string? EncodingId);
