using Gateway.Hosting;

namespace Gateway.Http;

/// <summary><c>/healthz</c> (the process lives) and <c>/readyz</c> (send it work).</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => TypedResults.Text("ok\n")).WithTags("Health")
            .WithSummary("Is the process alive?");
        routes.MapGet("/readyz", (Readiness readiness) => readiness.IsReady
                ? TypedResults.Text("ready\n")
                : Problems.ShuttingDown.Because(readiness.IsDraining ? "The gateway is stopping." : "The gateway is starting."))
            .WithTags("Health").WithSummary("Does it take new work? 503 while it starts or stops.");
    }
}
