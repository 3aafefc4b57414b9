using System.Net;
using Gateway.Authorization;
using Gateway.Hosting;
using Gateway.Http;
using Gateway.Options;
using Gateway.Signalling;
using Ingest.Rtp;
using Protocols.Sdp;
using Rooms;
using Rooms.Publishing;

namespace Gateway.Rtp;

/// <summary>
/// Publishing by plain RTP: POST what will be sent as SDP, get the ports to send to as SDP. DELETE at the Location ends it.
/// </summary>
internal sealed class RtpInEndpoints(
    RtpIngest ingest, RtpInSessions sessions, Access access, Readiness readiness, GatewayOptions options, RtpInMetrics metrics)
{
    private const string Tag = "Publishing";
    private const string DefaultPublication = "main";

    public void Map(IEndpointRouteBuilder api)
    {
        RouteGroupBuilder group = api.MapGroup("/rooms/{room}/rtp-in").WithTags(Tag);
        group.MapPost("", Post)
            .TakesBody(SessionRequests.SdpType, "What will be sent: at most one picture and one sound").Produces<string>(201, SessionRequests.SdpType)
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(406).ProducesProblem(409)
            .ProducesProblem(413).ProducesProblem(415).ProducesProblem(422).ProducesProblem(503)
            .WithSummary("Publish into a room by plain RTP: send an SDP of what will be sent, get the ports to send to")
            .WithDescription("The answer's m= lines have our ports; RTCP is on the next one, or on the same with a=rtcp-mux. ?name= is the publication's "
                + "name, main by default. H.264, H.265, VP8, VP9, AV1, Opus, PCMU and PCMA; SRTP by a=crypto lines (AES_CM_128_HMAC_SHA1_80, "
                + "AEAD_AES_128_GCM, AEAD_AES_256_GCM). Who sends the first good packet is listened to, others are not. "
                + "For callers on this machine, with the admin key or with the room's publish key. Location leads to what came (GET) and ends it (DELETE).");
        group.MapGet("/{secret}", Get).Produces<RtpInDescription>().ProducesProblem(404).WithSummary("What came to the ports of a sender of plain RTP");
        group.MapDelete("/{secret}", Delete).Produces(204).ProducesProblem(404).WithSummary("Close the ports of a sender of plain RTP and end its publication's presence");
    }

    private async Task<IResult> Post(HttpContext context, string room, string? name)
    {
        string publication = string.IsNullOrEmpty(name) ? DefaultPublication : name;
        if ((Names.Refuse(room) ?? Names.Refuse(publication)) is { } bad) return bad;
        if (access.Refuse(context, Entrance.RtpIn, room, Right.OpenPorts, out string owner) is { } refusal) return refusal;
        if (readiness.IsDraining) return SessionRequests.Retry(context, Problems.ShuttingDown.Because("The gateway is stopping."));
        (SessionDescription? description, IResult? problem) = await SessionRequests.ReadOfferAsync(context.Request, options.Sdp);
        if (problem is not null) return problem;

        var place = new PublishRequest(room, publication, RtpPublisher.Entrance, owner);
        RtpPublishAnswer answer = await ingest.PublishAsync(new RtpPublishRequest(place, description!, OwnAddress(context)));
        metrics.Count(answer.Outcome);
        if (answer is not { Publisher: { } publisher, Answer: { } ports }) return Refuse(context, answer, place);
        RtpInSession session = sessions.Add(publisher, room, publication);
        context.Response.Headers.Location = $"/api/v1/rooms/{room}/rtp-in/{session.Secret}";
        return TypedResults.Text(ports.ToString(), SessionRequests.SdpType, statusCode: 201);
    }

    private IResult Get(string room, string secret) =>
        sessions.Find(room, secret) is { } session ? TypedResults.Ok(RtpInDescription.Of(session)) : NoSuchSession();

    private async Task<IResult> Delete(string room, string secret) =>
        sessions.Find(room, secret) is { } session && await ingest.CloseAsync(session.Publisher.Id, CloseReason.Left)
            ? TypedResults.NoContent()
            : NoSuchSession();

    private static IResult NoSuchSession() => Problems.NoSuchSession.Because("It has ended, or never was. POST an SDP to begin again.");

    /// <summary>The address that the request came to; from elsewhere one that was set, since a proxy or NAT may be in between.</summary>
    private IPAddress OwnAddress(HttpContext context)
    {
        IPAddress local = context.Connection.LocalIpAddress ?? IPAddress.Loopback;
        if (local.IsIPv4MappedToIPv6) local = local.MapToIPv4();
        if (Caller.Remote(context.Request).IsLocal) return local;
        return options.WebRtc.AnnouncedAddresses.FirstOrDefault(announced => announced.AddressFamily == local.AddressFamily)
            ?? new IPAddress(local.GetAddressBytes()); // without the scope, which means nothing elsewhere
    }

    private IResult Refuse(HttpContext context, RtpPublishAnswer answer, PublishRequest place) => answer.Outcome switch
    {
        RtpPublishOutcome.NoCommonCodec => Problems.NoCommonCodec.Because(answer.Detail ?? ""),
        RtpPublishOutcome.NoPorts => SessionRequests.Retry(context, Problems.NoPorts.Because(
            $"All pairs of Rtp:Ports {options.RtpPorts} are in use here or by other programs.")),
        RtpPublishOutcome.Refused => PlaceRefusals.Answer(context, answer.Refusal!.Value, place, $"/api/v1/rooms/{place.Room}/rtp-in?name=ANOTHER"),
        _ => Problems.BadOffer.Because(answer.Detail ?? ""),
    };
}
