using Gateway.Api;
using Gateway.Http;
using Gateway.Options;
using Gateway.Participants;
using Gateway.Playback;
using Gateway.Recordings;
using Gateway.Rtp;
using Gateway.Whep;
using Gateway.Whip;
using Microsoft.Extensions.FileProviders;

namespace Gateway.Hosting;

/// <summary>What a request passes through, and the endpoints at its end.</summary>
internal static class Pipeline
{
    public static void UseGateway(this WebApplication app, GatewayOptions options)
    {
        app.UseProblemFallback();
        app.UseSecurityHeaders();
        UsePages(app, options.WebRoot);
        app.UseRouting();
        app.UseWebSockets();
        app.MapHealth();
        MapApi(app);
    }

    private static void MapApi(WebApplication app)
    {
        RouteGroupBuilder api = app.MapGroup("/api/v1");
        app.Services.GetRequiredService<GatewayEndpoints>().Map(api);
        app.Services.GetRequiredService<RoomEndpoints>().Map(api);
        app.Services.GetRequiredService<RtpInEndpoints>().Map(api);
        app.Services.GetRequiredService<EventEndpoints>().Map(api);
        app.Services.GetRequiredService<PlaybackEndpoints>().Map(api);
        app.Services.GetRequiredService<RoomRecordingEndpoints>().Map(api);
        app.Services.GetRequiredService<RecordingEndpoints>().Map(api, app);
        app.Services.GetRequiredService<ExportEndpoints>().Map(api);
        app.Services.GetRequiredService<ParticipantEndpoints>().Map(app);
        app.Services.GetRequiredService<WhipEndpoints>().Map(app);
        app.Services.GetRequiredService<WhepEndpoints>().Map(app);
        app.Services.GetRequiredService<WhepEventEndpoints>().Map(app);
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapProblemPages();
    }

    /// <summary>The pages are looked up anew at each visit (by ETag), so that an update shows at once.</summary>
    private static void UsePages(WebApplication app, string webRoot)
    {
        if (!File.Exists(Path.Combine(webRoot, "index.html"))) throw new OptionException("Web:Root", webRoot, "a folder that holds index.html");
        var files = new PhysicalFileProvider(webRoot);
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            OnPrepareResponse = context => context.Context.Response.Headers.CacheControl = "no-cache",
        });
    }
}
