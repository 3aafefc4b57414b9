using Gateway.Authorization;
using Gateway.Hosting;
using Gateway.Http;
using Gateway.Options;
using Gateway.Signalling;
using Ingest.WebRtc;
using Microsoft.AspNetCore.Http.HttpResults;
using Protocols.Sdp;
using Rooms.Publishing;

namespace Gateway.Whip;

/// <summary>
/// Publishing by WHIP (RFC 9725): POST an offer to <c>/whip/{room}</c>, get an answer and the address of the session, which
/// can be trickled to, restarted and left.
/// </summary>
internal sealed class WhipEndpoints(
    WebRtcHost webRtc, WhipSessions sessions, Access access, Readiness readiness, GatewayOptions options, WhipMetrics metrics)
{
    private const string Name = "whip";
    private const string Tag = "Publishing";
    private const string DefaultPublication = "main";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOffers(Name, Post).WithTags(Tag)
            .WithSummary("Publish into a room by WHIP: send an SDP offer, get the answer")
            .WithDescription("Location leads to the session: PATCH it (trickle, ICE restart), DELETE it to stop. ?name= is the publication's name, "
                + "main by default. H.264, VP8, VP9, AV1, Opus, PCMU and PCMA are passed on as they are. Somebody else has the name: 409.");
        routes.MapSessions(
            Name, Tag,
            (HttpContext context, string secret) => SessionRequests.PatchAsync(context, sessions.Find(secret), webRtc.Candidates),
            (HttpContext context, string secret) => SessionRequests.DeleteAsync(context, sessions.Find(secret)));
    }

    private async Task<IResult> Post(HttpContext context, string room, string? name)
    {
        SessionRequests.AllowPost(context);
        string publication = string.IsNullOrEmpty(name) ? DefaultPublication : name;
        if ((Names.Refuse(room) ?? Names.Refuse(publication)) is { } bad) return bad;
        if (access.Refuse(context, Entrance.Whip, room, Right.Publish, out string owner) is { } refusal) return refusal;
        if (readiness.IsDraining) return SessionRequests.Retry(context, Problems.ShuttingDown.Because("The gateway is stopping."));
        if (webRtc.Ingest is not { } ingest) return Problems.WebRtcOff.Because(webRtc.OffBecause!);
        (SessionDescription? offer, IResult? problem) = await SessionRequests.ReadOfferAsync(context.Request, options.Sdp);
        if (problem is not null) return problem;

        var place = new PublishRequest(room, publication, Name, owner);
        PublisherAnswer answer = await ingest.PublishAsync(new PublisherRequest(place, offer!, context.Connection.RemoteIpAddress));
        metrics.Count(answer.Outcome);
        return answer is { Publisher: { } publisher, Answer: { } description }
            ? Created(context, room, sessions.Add(publisher, offer!, description))
            : Refuse(context, answer, place);
    }

    private ContentHttpResult Created(HttpContext context, string room, WhipSession session) =>
        SessionRequests.Created(context, $"/{Name}/{room}/sessions/{session.Secret}", session, options);

    private static IResult Refuse(HttpContext context, PublisherAnswer answer, PublishRequest place) => answer.Outcome switch
    {
        PublisherOutcome.NoCommonCodec => Problems.NoCommonCodec.Because(answer.Detail ?? ""),
        PublisherOutcome.Refused => PlaceRefusals.Answer(context, answer.Refusal!.Value, place, $"/{Name}/{place.Room}?name=ANOTHER"),
        _ => Problems.BadOffer.Because(answer.Detail ?? ""),
    };
}
