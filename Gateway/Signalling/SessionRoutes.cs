using Gateway.Http;
using Protocols.Sdp;

namespace Gateway.Signalling;

/// <summary>The addresses of entrances and sessions, the same for WHIP and WHEP but for their names.</summary>
internal static class SessionRoutes
{
    /// <summary>Where offers are posted.</summary>
    public static RouteHandlerBuilder MapOffers(this IEndpointRouteBuilder routes, string entrance, Delegate post)
    {
        routes.MapMethods($"/{entrance}/{{room}}", ["OPTIONS"], SessionRequests.PreflightEntrance).ExcludeFromDescription();
        return routes.MapPost($"/{entrance}/{{room}}", post)
            .TakesBody(SessionRequests.SdpType, "The offer").Produces<string>(201, SessionRequests.SdpType)
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(406).ProducesProblem(409)
            .ProducesProblem(413).ProducesProblem(415).ProducesProblem(422).ProducesProblem(503);
    }

    /// <summary>What a session can be asked for.</summary>
    public static void MapSessions(this IEndpointRouteBuilder routes, string entrance, string tag, Delegate patch, Delegate delete)
    {
        string pattern = $"/{entrance}/{{room}}/sessions/{{secret}}";
        routes.MapPatch(pattern, patch).WithTags(tag)
            .TakesBody(TrickleFragment.ContentType, "Candidates, or new credentials").Produces(204).Produces<string>(200, TrickleFragment.ContentType)
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(412).ProducesProblem(413).ProducesProblem(415).ProducesProblem(428)
            .WithSummary("Trickle candidates (204), or restart ICE (200 with a new ETag); If-Match carries the ETag, or * for a restart");
        routes.MapDelete(pattern, delete).WithTags(tag).Produces(200).ProducesProblem(404)
            .WithSummary("Leave");
        routes.MapMethods(pattern, ["OPTIONS"], SessionRequests.PreflightSession).ExcludeFromDescription();
    }
}
