using Egress.WebRtc;
using Gateway.Authorization;
using Gateway.Hosting;
using Gateway.Http;
using Gateway.Options;
using Gateway.Signalling;
using Microsoft.AspNetCore.Http.HttpResults;
using Protocols.Sdp;

namespace Gateway.Whep;

/// <summary>
/// Watching by WHEP (draft-ietf-wish-whep): POST an offer to <c>/whep/{room}</c>, get an answer and the address of the
/// session, which can be trickled to, restarted and left.
/// </summary>
internal sealed class WhepEndpoints(
    WebRtcHost webRtc, WhepSessions sessions, Access access, Readiness readiness, GatewayOptions options, WhepMetrics metrics)
{
    private const string Name = "whep";
    private const string Tag = "Watching";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOffers(Name, Post).WithTags(Tag)
            .WithSummary("Watch a room by WHEP: send an SDP offer, get the answer")
            .WithDescription("Location leads to the session: PATCH it (trickle, ICE restart), DELETE it to leave. "
                + "Without ?publication= it is the oldest live one. Nothing live: 409 with Retry-After.");
        routes.MapSessions(
            Name, Tag,
            (HttpContext context, string secret) => SessionRequests.PatchAsync(context, sessions.Find(secret), webRtc.Candidates),
            (HttpContext context, string secret) => SessionRequests.DeleteAsync(context, sessions.Find(secret)));
    }

    private async Task<IResult> Post(HttpContext context, string room, string? publication)
    {
        SessionRequests.AllowPost(context);
        if ((Names.Refuse(room) ?? (publication is null ? null : Names.Refuse(publication))) is { } bad) return bad;
        if (access.Refuse(context, Entrance.Whep, room, Right.View) is { } refusal) return refusal;
        if (readiness.IsDraining) return SessionRequests.Retry(context, Problems.ShuttingDown.Because("The gateway is stopping."));
        if (webRtc.Egress is not { } egress) return Problems.WebRtcOff.Because(webRtc.OffBecause!);
        (SessionDescription? offer, IResult? problem) = await SessionRequests.ReadOfferAsync(context.Request, options.Sdp);
        if (problem is not null) return problem;

        var request = new ViewerRequest(room, publication, offer!, Name, context.Connection.RemoteIpAddress);
        ViewerAnswer answer = await egress.SubscribeAsync(request, context.RequestAborted);
        metrics.Count(answer.Outcome);
        return answer is { Viewer: { } viewer, Answer: { } description }
            ? Created(context, room, sessions.Add(viewer, offer!, description))
            : Refuse(context, answer, room, publication);
    }

    private ContentHttpResult Created(HttpContext context, string room, WhepSession session)
    {
        string location = $"/{Name}/{room}/sessions/{session.Secret}";
        return SessionRequests.Created(context, location, session, options, WhepExtensions.Links(location));
    }

    private static IResult Refuse(HttpContext context, ViewerAnswer answer, string room, string? publication)
    {
        string detail = answer.Detail ?? "";
        return answer.Outcome switch
        {
            ViewerOutcome.NothingLive => SessionRequests.Retry(context, Problems.NothingLive.Because(
                $"{(publication is null ? $"Nobody publishes in room {room} now" : $"Publication {publication} of room {room} is not live now")}; "
                + $"ask again after {SessionRequests.RetrySeconds} s.")),
            ViewerOutcome.NoCommonCodec => Problems.NoCommonCodec.Because(detail),
            ViewerOutcome.NothingToSend => SessionRequests.Retry(context, Problems.NothingToSend.Because(detail)),
            ViewerOutcome.WebRtcOff => Problems.WebRtcOff.Because(detail),
            _ => Problems.BadOffer.Because(detail),
        };
    }
}
