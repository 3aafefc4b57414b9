using Gateway.Hosting;
using Gateway.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Protocols.Ice;
using Protocols.Sdp;
using Rooms;

namespace Gateway.Whep;

/// <summary>What a client does with the session that its POST made: trickle, ICE restart, leave.</summary>
internal sealed class WhepSessionEndpoints(WebRtcHost webRtc, WhepSessions sessions)
{
    private const string Pattern = "/whep/{room}/sessions/{secret}";
    private const string Methods = "PATCH, DELETE, OPTIONS";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPatch(Pattern, Patch).WithTags("Watching")
            .TakesBody(TrickleFragment.ContentType, "Candidates, or new credentials").Produces(204).Produces<string>(200, TrickleFragment.ContentType)
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(412).ProducesProblem(413).ProducesProblem(415).ProducesProblem(428)
            .WithSummary("Trickle candidates (204), or restart ICE (200 with a new ETag); If-Match carries the ETag, or * for a restart");
        routes.MapDelete(Pattern, Delete).WithTags("Watching").Produces(200).ProducesProblem(404)
            .WithSummary("Leave");
        routes.MapMethods(Pattern, ["OPTIONS"], Preflight).ExcludeFromDescription();
    }

    public static IResult NoSuchSession() => Problems.NoSuchSession.Because("It has ended, or never was. POST a new offer to watch again.");

    private static NoContent Preflight(HttpContext context)
    {
        Cors.Allow(context, Methods);
        context.Response.Headers["Accept-Patch"] = TrickleFragment.ContentType;
        return TypedResults.NoContent();
    }

    private async Task<IResult> Delete(HttpContext context, string secret)
    {
        Cors.Allow(context, Methods);
        if (sessions.Find(secret) is not { } session) return NoSuchSession();
        return await webRtc.Egress!.CloseAsync(session.Viewer.Id, CloseReason.Left) ? TypedResults.Ok() : NoSuchSession();
    }

    private async Task<IResult> Patch(HttpContext context, string secret)
    {
        Cors.Allow(context, Methods);
        if (sessions.Find(secret) is not { } session) return NoSuchSession();
        (string? text, IResult? problem) = await SmallBody.ReadAsync(context.Request, TrickleFragment.ContentType, TrickleFragment.MaxLength);
        if (problem is not null) return problem;
        if (!TrickleFragment.TryRead(text!, out TrickleFragment? fragment, out string error)) return Problems.BadSdp.Because($"The fragment: {error}.");
        await session.Gate.WaitAsync(context.RequestAborted);
        try
        {
            return await Apply(context, session, fragment!);
        }
        finally
        {
            session.Gate.Release();
        }
    }

    private async Task<IResult> Apply(HttpContext context, WhepSession session, TrickleFragment fragment)
    {
        string? match = context.Request.Headers.IfMatch.FirstOrDefault();
        if (match is null) return Problems.IfMatchRequired.Because("Send the session's ETag as If-Match, or * for an ICE restart.");
        bool isRestart = fragment.Credentials is not null && fragment.Credentials != session.PeerCredentials;
        if (match != session.Etag && !(match == "*" && isRestart))
            return Problems.SessionChanged.Because("ICE was restarted since, or the fragment is of another session.");
        // ICE-lite learns the viewer from its checks: what trickles in is read, and needs no more.
        return isRestart ? await Restart(context, session, fragment.Credentials!) : TypedResults.NoContent();
    }

    private async Task<IResult> Restart(HttpContext context, WhepSession session, IceCredentials theirs)
    {
        if (await webRtc.Egress!.RestartIceAsync(session.Viewer.Id) is not { } ours) return NoSuchSession();
        session.Restarted(ours, theirs);
        context.Response.Headers.ETag = session.Etag;
        string fragment = TrickleFragment.WriteRestart(session.Answer, ours, webRtc.Candidates!.Gather(context.Connection.RemoteIpAddress));
        return TypedResults.Text(fragment, TrickleFragment.ContentType);
    }
}
