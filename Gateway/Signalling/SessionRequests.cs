using Gateway.Http;
using Gateway.Options;
using Microsoft.AspNetCore.Http.HttpResults;
using Protocols.Ice;
using Protocols.Sdp;

namespace Gateway.Signalling;

/// <summary>
/// What WHIP and WHEP have in common (RFC 9725 §4): the way of an offer in and of an answer out, and what a client does
/// with the session that its POST made: trickle, ICE restart, leave.
/// </summary>
internal static class SessionRequests
{
    public const string SdpType = "application/sdp";

    private const string EntranceMethods = "POST, OPTIONS";
    private const string SessionMethods = "PATCH, DELETE, OPTIONS";

    /// <summary>What a publisher that comes back needs, and what a person still waits for.</summary>
    public const string RetrySeconds = "2";

    /// <summary>Answers OPTIONS where offers are posted.</summary>
    public static NoContent PreflightEntrance(HttpContext context)
    {
        Cors.Allow(context, EntranceMethods);
        context.Response.Headers["Accept-Post"] = SdpType;
        return TypedResults.NoContent();
    }

    /// <summary>Answers OPTIONS of a session.</summary>
    public static NoContent PreflightSession(HttpContext context)
    {
        Cors.Allow(context, SessionMethods);
        context.Response.Headers["Accept-Patch"] = TrickleFragment.ContentType;
        return TypedResults.NoContent();
    }

    public static void AllowPost(HttpContext context) => Cors.Allow(context, EntranceMethods);

    /// <summary>The offer, or the answer to who sent something else.</summary>
    public static async Task<(SessionDescription? Offer, IResult? Problem)> ReadOfferAsync(HttpRequest request, SdpLimits limits)
    {
        (string? text, IResult? problem) = await SmallBody.ReadAsync(request, SdpType, limits.MaxLength);
        if (problem is not null) return (null, problem);
        return SdpReader.TryRead(text, limits, out SessionDescription offer, out string error)
            ? (offer, null)
            : (null, Problems.BadSdp.Because($"The offer: {error}."));
    }

    /// <param name="links">Beside those to the ICE servers.</param>
    public static ContentHttpResult Created(
        HttpContext context, string location, SignallingSession session, GatewayOptions options, params IEnumerable<string> links)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.Location = location;
        headers.ETag = session.Etag;
        headers["Accept-Patch"] = TrickleFragment.ContentType;
        headers.Link = new([.. options.WebRtc.IceServers.Select(server => $"<{server}>; rel=\"ice-server\""), .. links]);
        return TypedResults.Text(session.Answer.ToString(), SdpType, statusCode: 201);
    }

    public static IResult Retry(HttpContext context, IResult result)
    {
        context.Response.Headers.RetryAfter = RetrySeconds;
        return result;
    }

    public static IResult NoSuchSession() => Problems.NoSuchSession.Because("It has ended, or never was. POST a new offer to begin again.");

    public static async Task<IResult> DeleteAsync(HttpContext context, SignallingSession? session)
    {
        Cors.Allow(context, SessionMethods);
        return session is not null && await session.LeaveAsync() ? TypedResults.Ok() : NoSuchSession();
    }

    /// <param name="candidates">Null only where there are no sessions.</param>
    public static async Task<IResult> PatchAsync(HttpContext context, SignallingSession? session, CandidateGatherer? candidates)
    {
        Cors.Allow(context, SessionMethods);
        if (session is null || candidates is null) return NoSuchSession();
        (string? text, IResult? problem) = await SmallBody.ReadAsync(context.Request, TrickleFragment.ContentType, TrickleFragment.MaxLength);
        if (problem is not null) return problem;
        if (!TrickleFragment.TryRead(text!, out TrickleFragment? fragment, out string error)) return Problems.BadSdp.Because($"The fragment: {error}.");
        await session.Gate.WaitAsync(context.RequestAborted);
        try
        {
            return await ApplyAsync(context, session, fragment!, candidates);
        }
        finally
        {
            session.Gate.Release();
        }
    }

    private static async Task<IResult> ApplyAsync(
        HttpContext context, SignallingSession session, TrickleFragment fragment, CandidateGatherer candidates)
    {
        string? match = context.Request.Headers.IfMatch.FirstOrDefault();
        if (match is null) return Problems.IfMatchRequired.Because("Send the session's ETag as If-Match, or * for an ICE restart.");
        bool isRestart = fragment.Credentials is not null && fragment.Credentials != session.PeerCredentials;
        if (match != session.Etag && !(match == "*" && isRestart))
            return Problems.SessionChanged.Because("ICE was restarted since, or the fragment is of another session.");
        // ICE-lite learns the peer from its checks: what trickles in is read, and needs no more.
        return isRestart ? await RestartAsync(context, session, fragment.Credentials!, candidates) : TypedResults.NoContent();
    }

    private static async Task<IResult> RestartAsync(
        HttpContext context, SignallingSession session, IceCredentials theirs, CandidateGatherer candidates)
    {
        if (await session.RestartIceAsync() is not { } ours) return NoSuchSession();
        session.Restarted(ours, theirs);
        context.Response.Headers.ETag = session.Etag;
        string fragment = TrickleFragment.WriteRestart(session.Answer, ours, candidates.Gather(context.Connection.RemoteIpAddress));
        return TypedResults.Text(fragment, TrickleFragment.ContentType);
    }
}
