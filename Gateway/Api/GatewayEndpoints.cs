using System.Collections.Immutable;
using Gateway.Authorization;
using Gateway.Hosting;
using Gateway.Http;
using Rooms;

namespace Gateway.Api;

/// <summary><c>GET /gateway</c>: what this gateway can do and on which ports, for pages and scripts.</summary>
internal sealed class GatewayEndpoints(Access access, Listeners listeners, WebRtcHost webRtc, RoomsContext rooms)
{
    public void Map(IEndpointRouteBuilder api) => api.MapGet("/gateway", Get).WithTags("Gateway")
        .Produces<GatewayDescription>()
        .WithSummary("What this gateway can do, and on which ports");

    private IResult Get(HttpContext context)
    {
        if (access.Refuse(context, Entrance.Api, null, Right.List) is { } refusal) return refusal;
        var ports = new PortsDescription(listeners.HttpPort, listeners.HttpsPort, listeners.RtmpPort, listeners.RtmpsPort);
        return TypedResults.Ok(new GatewayDescription(ports, Blank(rooms.FFmpeg.Version), [.. Missing()]));
    }

    /// <summary>What this machine lacks, in sentences for the page.</summary>
    private IEnumerable<string> Missing()
    {
        if (rooms.FFmpeg.MissingReason is { } reason)
            yield return $"FFmpeg is missing ({reason}): AAC sound and video with B-frames can't be converted for browsers.";
        if (webRtc.OffBecause is { } off) yield return off;
    }

    private static string? Blank(string text) => text.Length == 0 ? null : text;
}

/// <summary>This gateway as the API shows it.</summary>
/// <param name="Ffmpeg">FFmpeg's version; absent = none was found.</param>
/// <param name="Missing">What does not work on this machine, and why, in plain words.</param>
internal sealed record GatewayDescription(PortsDescription Ports, string? Ffmpeg, ImmutableArray<string> Missing);

/// <summary>Ports that are open; absent = switched off.</summary>
internal sealed record PortsDescription(int? Http, int? Https, int? Rtmp, int? Rtmps);
