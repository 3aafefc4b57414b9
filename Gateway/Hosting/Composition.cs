using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Api;
using Gateway.Authorization;
using Gateway.Certificates;
using Gateway.IceTcp;
using Gateway.Options;
using Gateway.Participants;
using Gateway.Playback;
using Gateway.Recordings;
using Gateway.Rtmp;
using Gateway.Rtp;
using Gateway.Whep;
using Gateway.Whip;
using Ingest.Rtp;
using Media.FFmpeg;
using Media.Scheduling;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Protocols.Net;
using Rooms;

namespace Gateway.Hosting;

/// <summary>Which objects the gateway is made of, and how they hang together.</summary>
internal static class Composition
{
    public static void AddGateway(this WebApplicationBuilder builder, GatewayOptions options, string adminKey)
    {
        IServiceCollection services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new Meter("Gateway"));
        services.AddSingleton(provider => new Access(options, adminKey, provider.GetRequiredService<Meter>()));
        services.AddSingleton(provider => new CertificateStore(
            options.CertificatesDirectory, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<CertificateStore>>()));
        services.AddSingleton<Readiness>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTime + TimeSpan.FromSeconds(5));
        AddRooms(services, options);
        AddEndpoints(services);
        AddServer(builder);
    }

    public static void ConfigureJson(JsonSerializerOptions json)
    {
        json.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower));
    }

    private static void AddRooms(IServiceCollection services, GatewayOptions options)
    {
        services.AddSingleton(provider => new MonotonicClock(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<MediaNetwork>();
        services.AddSingleton<MediaLoops>();
        services.AddSingleton<WebRtcHost>();
        services.AddSingleton<MediaMetrics>();
        services.AddSingleton(new RoomsContext(RoomOptionsOf(options), new RoomEvents(), FFmpegLibrary.Load()));
        services.AddSingleton(provider => new RoomRegistry(
            provider.GetRequiredService<RoomsContext>(), provider.GetRequiredService<MediaLoops>().All));
        services.AddSingleton<RecorderMetrics>();
        services.AddSingleton<RecorderHost>();
        services.AddSingleton(provider => new RtpIngest(
            provider.GetRequiredService<RoomRegistry>(), new PortPairs(options.RtpPorts.First, options.RtpPorts.Last),
            provider.GetRequiredService<MediaNetwork>().WaiterOf));
        services.AddHostedService<MediaHost>();
    }

    private static RoomOptions RoomOptionsOf(GatewayOptions options) => new()
    {
        Takeover = options.Takeover,
        TakeoverByRoom = ByRoom(options, room => room.Takeover),
        Video = options.Video.Policy,
        VideoByRoom = ByRoom(options, room => room.VideoPolicy),
        GopCacheTime = options.FastStart.CacheTime,
        GopCacheBytes = options.FastStart.CacheBytes,
        MaxVideoTranscodes = options.Video.Transcodes > 0 ? options.Video.Transcodes : Environment.ProcessorCount,
    };

    private static Dictionary<string, T> ByRoom<T>(GatewayOptions options, Func<RoomSettings, T?> setting)
        where T : struct =>
        options.Rooms.Where(room => setting(room.Value) is not null)
            .ToDictionary(room => room.Key, room => setting(room.Value)!.Value, StringComparer.OrdinalIgnoreCase);

    private static void AddEndpoints(IServiceCollection services)
    {
        services.AddSingleton<RoomEndpoints>();
        services.AddSingleton<EventEndpoints>();
        services.AddSingleton<GatewayEndpoints>();
        services.AddSingleton<ParticipantMetrics>();
        services.AddSingleton<ParticipantHouse>();
        services.AddSingleton<ParticipantRooms>();
        services.AddSingleton<ParticipantEndpoints>();
        services.AddSingleton<RoomRecordingEndpoints>();
        services.AddSingleton<RecordingEndpoints>();
        services.AddSingleton<ExportEndpoints>();
        services.AddSingleton<WhipMetrics>();
        services.AddSingleton<WhipSessions>();
        services.AddSingleton<WhipEndpoints>();
        services.AddSingleton<RtpInMetrics>();
        services.AddSingleton<RtpInSessions>();
        services.AddSingleton<RtpInEndpoints>();
        services.AddSingleton<WhepMetrics>();
        services.AddSingleton<WhepSessions>();
        services.AddSingleton<WhepEndpoints>();
        services.AddSingleton<WhepEventEndpoints>();
        services.AddSingleton<PlaybackHouse>();
        services.AddSingleton<PlaybackSources>();
        services.AddSingleton<PlaybackEndpoints>();
        services.AddOpenApi("v1", OpenApiDescription.Configure);
    }

    private static void AddServer(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Listeners>();
        builder.Services.AddSingleton<RtmpConnectionHandler>();
        builder.Services.AddSingleton<IceTcpMetrics>();
        builder.Services.AddSingleton<IceTcpConnectionHandler>();
        builder.Services.AddOptions<KestrelServerOptions>().Configure<Listeners>((kestrel, listeners) => listeners.Configure(kestrel));
        builder.Services.ConfigureHttpJsonOptions(json => ConfigureJson(json.SerializerOptions));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "");
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });
        // What the framework has to tell about its own start is in our banner already.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // A failed start is told in one line by Program.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
    }
}
