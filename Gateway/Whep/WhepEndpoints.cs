using Egress.WebRtc;
using Gateway.Authorization;
using Gateway.Hosting;
using Gateway.Http;
using Gateway.Options;
using Microsoft.AspNetCore.Http.HttpResults;
using Protocols.Sdp;

namespace Gateway.Whep;

/// <summary>
/// Watching by WHEP (draft-ietf-wish-whep): POST an offer to <c>/whep/{room}</c>, get an answer and the address of the
/// session. Here is the way in; what happens to a session afterwards is in <see cref="WhepSessionEndpoints"/>.
/// </summary>
internal sealed class WhepEndpoints(
    WebRtcHost webRtc, WhepSessions sessions, Access access, Readiness readiness, GatewayOptions options, WhepMetrics metrics)
{
    public const string SdpType = "application/sdp";

    private const string Methods = "POST, OPTIONS";

    /// <summary>What a publisher that comes back needs, and what a person still waits for.</summary>
    private const string RetrySeconds = "2";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/whep/{room}", Post).WithTags("Watching")
            .TakesBody(SdpType, "The offer").Produces<string>(201, SdpType)
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(406).ProducesProblem(409)
            .ProducesProblem(413).ProducesProblem(415).ProducesProblem(422).ProducesProblem(503)
            .WithSummary("Watch a room by WHEP: send an SDP offer, get the answer")
            .WithDescription("Location leads to the session: PATCH it (trickle, ICE restart), DELETE it to leave. "
                + "Without ?publication= it is the oldest live one. Nothing live: 409 with Retry-After.");
        routes.MapMethods("/whep/{room}", ["OPTIONS"], Preflight).ExcludeFromDescription();
    }

    private static NoContent Preflight(HttpContext context)
    {
        Cors.Allow(context, Methods);
        context.Response.Headers["Accept-Post"] = SdpType;
        return TypedResults.NoContent();
    }

    private async Task<IResult> Post(HttpContext context, string room, string? publication)
    {
        Cors.Allow(context, Methods);
        if ((Names.Refuse(room) ?? (publication is null ? null : Names.Refuse(publication))) is { } bad) return bad;
        if (access.Refuse(context, Entrance.Whep, room, Right.View) is { } refusal) return refusal;
        if (readiness.IsDraining) return Retry(context, Problems.ShuttingDown.Because("The gateway is stopping."));
        if (webRtc.Egress is not { } egress) return Problems.WebRtcOff.Because(webRtc.OffBecause!);
        (string? text, IResult? problem) = await SmallBody.ReadAsync(context.Request, SdpType, SdpReader.MaxLength);
        if (problem is not null) return problem;
        if (!SdpReader.TryRead(text, out SessionDescription offer, out string error)) return Problems.BadSdp.Because($"The offer: {error}.");

        var request = new ViewerRequest(room, publication, offer, "whep", context.Connection.RemoteIpAddress);
        ViewerAnswer answer = await egress.SubscribeAsync(request, context.RequestAborted);
        metrics.Count(answer.Outcome);
        return answer is { Viewer: { } viewer, Answer: { } description }
            ? Created(context, room, sessions.Add(viewer, offer, description))
            : Refuse(context, answer, room, publication);
    }

    private ContentHttpResult Created(HttpContext context, string room, WhepSession session)
    {
        IHeaderDictionary headers = context.Response.Headers;
        string location = $"/whep/{room}/sessions/{session.Secret}";
        headers.Location = location;
        headers.ETag = session.Etag;
        headers["Accept-Patch"] = TrickleFragment.ContentType;
        headers.Link = new([.. options.WebRtc.IceServers.Select(server => $"<{server}>; rel=\"ice-server\""), .. WhepExtensions.Links(location)]);
        return TypedResults.Text(session.Answer.ToString(), SdpType, statusCode: 201);
    }

    private static IResult Refuse(HttpContext context, ViewerAnswer answer, string room, string? publication)
    {
        string detail = answer.Detail ?? "";
        return answer.Outcome switch
        {
            ViewerOutcome.NothingLive => Retry(context, Problems.NothingLive.Because(
                $"{(publication is null ? $"Nobody publishes in room {room} now" : $"Publication {publication} of room {room} is not live now")}; ask again after {RetrySeconds} s.")),
            ViewerOutcome.NoCommonCodec => Problems.NoCommonCodec.Because(detail),
            ViewerOutcome.NothingToSend => Retry(context, Problems.NothingToSend.Because(detail)),
            ViewerOutcome.WebRtcOff => Problems.WebRtcOff.Because(detail),
            _ => Problems.BadOffer.Because(detail),
        };
    }

    private static IResult Retry(HttpContext context, IResult result)
    {
        context.Response.Headers.RetryAfter = RetrySeconds;
        return result;
    }
}
