using Gateway.Authorization;
using Gateway.Hosting;
using Gateway.Http;

namespace Gateway.Api;

/// <summary><c>GET /gateway</c>: what this gateway can do and on which ports, for pages and scripts.</summary>
internal sealed class GatewayEndpoints(Access access, Listeners listeners)
{
    public void Map(IEndpointRouteBuilder api) => api.MapGet("/gateway", Get).WithTags("Gateway")
        .Produces<GatewayDescription>()
        .WithSummary("What this gateway can do, and on which ports");

    private IResult Get(HttpContext context)
    {
        if (access.Refuse(context, Entrance.Api, null, Right.List) is { } refusal) return refusal;
        var ports = new PortsDescription(listeners.HttpPort, listeners.HttpsPort, listeners.RtmpPort, listeners.RtmpsPort);
        return TypedResults.Ok(new GatewayDescription(ports));
    }
}

/// <summary>This gateway as the API shows it.</summary>
internal sealed record GatewayDescription(PortsDescription Ports);

/// <summary>Ports that are open; absent = switched off.</summary>
internal sealed record PortsDescription(int? Http, int? Https, int? Rtmp, int? Rtmps);
