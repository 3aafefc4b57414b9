using Gateway.Authorization;
using Gateway.Hosting;
using Gateway.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Rooms;

namespace Gateway.Api;

/// <summary><c>GET /events</c>: everything that changes, as server-sent events.</summary>
internal sealed class EventEndpoints(
    RoomRegistry registry, Access access, IOptions<JsonOptions> json, TimeProvider time, Readiness readiness)
{
    public void Map(IEndpointRouteBuilder api) => api.MapGet("/events", Stream).WithTags("Events")
        .Produces<RoomEvent>(200, "text/event-stream").ProducesProblem(400)
        .WithSummary("Everything that changes, as server-sent events; with ?room= only what concerns one room");

    private async Task<IResult> Stream(HttpContext context, string? room)
    {
        if (room is not null && Names.Refuse(room) is { } bad) return bad;
        if (access.Refuse(context, Entrance.Api, room, Right.List) is { } refusal) return refusal;
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, readiness.Over);
        // Listening starts before the head goes out: what a client asks for afterwards, it can't have missed.
        using RoomEventListener listener = registry.Events.Listen();
        using var stream = new EventStream(context, json.Value.SerializerOptions, time);
        try
        {
            await stream.OpenAsync();
            await PassOnAsync(listener, room, stream, stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The client left.
        }

        return TypedResults.Empty;
    }

    /// <summary>Until the client leaves, or the gateway stops and its last events are told.</summary>
    private static async Task PassOnAsync(RoomEventListener listener, string? room, EventStream stream, CancellationToken stop)
    {
        bool isOver = false;
        while (!isOver)
        {
            try
            {
                await listener.Reader.WaitToReadAsync(stop);
            }
            catch (OperationCanceledException)
            {
                isOver = true;
            }

            while (listener.Reader.TryRead(out RoomEvent? roomEvent))
                if (room is null || roomEvent.Room == room) await stream.SendAsync(roomEvent.Type, roomEvent);
        }
    }
}
