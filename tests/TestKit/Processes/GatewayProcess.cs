using System.Net;
using System.Text.Json;
using Xunit.Sdk;

namespace TestKit.Processes;

/// <summary>
/// The built gateway as a process of its own on free ports, with its certificates and recordings in a folder that goes
/// away with it. Further options are given as on its command line (<c>--Rooms:x:ViewKey=k</c>).
/// </summary>
public sealed class GatewayProcess : IDisposable
{
    public const string AdminKey = "key-of-the-tests";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-test-");
    private readonly NetworkNamespace? _network;

    private GatewayProcess(NetworkNamespace? network, IEnumerable<string> options)
    {
        _network = network;
        string program = RepositoryRoot.Combine("Gateway", "bin", RepositoryRoot.Configuration, "net10.0", "Gateway.dll");
        if (!File.Exists(program)) throw new XunitException($"{program} is not there: build Gateway.sln first.");
        string[] arguments =
        [
            program, $"--Http:Port={HttpPort}", $"--Https:Port={HttpsPort}", $"--Rtmp:Port={RtmpPort}", $"--Rtmps:Port={RtmpsPort}",
            $"--WebRtc:Port={WebRtcPort}", $"--Certificates:Directory={Path.Combine(Folder, "certs")}",
            $"--Recorder:Directory={Path.Combine(Folder, "recordings")}", $"--Playback:Directory={Path.Combine(Folder, "media")}",
            $"--Admin:Key={AdminKey}", $"--WebRtc:Loops={TestLoops.UsualCount}", .. options,
        ];
        Process = new ChildProcess("dotnet", arguments, Folder, networkNamespace: network?.Name);
    }

    public int HttpPort { get; } = FreePorts.Next();

    public int HttpsPort { get; } = FreePorts.Next();

    public int RtmpPort { get; } = FreePorts.Next();

    public int RtmpsPort { get; } = FreePorts.Next();

    public int WebRtcPort { get; } = FreePorts.Next();

    public string Folder => _folder.FullName;

    public ChildProcess Process { get; }

    public Uri Http => new($"http://127.0.0.1:{HttpPort}/");

    public Uri Https => new($"https://localhost:{HttpsPort}/");

    public string Rtmp(string room, string query = "") => $"rtmp://127.0.0.1:{RtmpPort}/live/{room}{query}";

    public string Whip(string room) => new Uri(Http, "whip/" + room).ToString();

    public string Whep(string room) => new Uri(Http, "whep/" + room).ToString();

    /// <summary>Starts the gateway and waits until it says that it is ready.</summary>
    public static async Task<GatewayProcess> StartAsync(NetworkNamespace? network, params string[] options)
    {
        var gateway = new GatewayProcess(network, options);
        try
        {
            await gateway.WaitUntilReadyAsync();
            return gateway;
        }
        catch
        {
            gateway.Dispose();
            throw;
        }
    }

    public static Task<GatewayProcess> StartAsync(params string[] options) => StartAsync(null, options);

    /// <summary>A client of the plain HTTP entrance, inside the gateway's own network.</summary>
    public HttpClient CreateHttpClient()
    {
        HttpClient client = _network?.CreateHttpClient() ?? new HttpClient(new SocketsHttpHandler { UseProxy = false });
        client.BaseAddress = Http;
        return client;
    }

    /// <summary>GET of the API as JSON.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        using HttpClient client = CreateHttpClient();
        return JsonDocument.Parse(await client.GetStringAsync(new Uri("api/v1/" + path, UriKind.Relative))).RootElement;
    }

    /// <summary>Waits until the room's first publication shows at least this many tracks.</summary>
    public async Task WaitForTracksAsync(string room, int tracks, int seconds = 15)
    {
        string last = "";
        using HttpClient client = CreateHttpClient();
        for (long end = Environment.TickCount64 + (seconds * 1000L); Environment.TickCount64 < end; await Task.Delay(100))
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri("api/v1/rooms/" + room, UriKind.Relative));
            last = await answer.Content.ReadAsStringAsync();
            if (answer.StatusCode == HttpStatusCode.OK && CountTracks(JsonDocument.Parse(last).RootElement) >= tracks) return;
        }

        throw new XunitException($"Room {room} had not {tracks} tracks after {seconds} s; its last answer: {last}\n{Process.Log}");
    }

    public void Dispose()
    {
        Process.Dispose();
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A recording that is still being closed; the folder lies in the temporary directory.
        }
    }

    private static int CountTracks(JsonElement room) =>
        room.TryGetProperty("publications", out JsonElement publications) && publications.GetArrayLength() > 0
            && publications[0].TryGetProperty("tracks", out JsonElement tracks)
            ? tracks.GetArrayLength() : 0;

    private async Task WaitUntilReadyAsync()
    {
        using HttpClient client = CreateHttpClient();
        client.Timeout = TimeSpan.FromSeconds(2);
        Exception? last = null;
        for (int attempt = 0; attempt < 300 && !Process.HasExited; attempt++, await Task.Delay(100))
        {
            try
            {
                using HttpResponseMessage answer = await client.GetAsync(new Uri("readyz", UriKind.Relative));
                if (answer.IsSuccessStatusCode) return;
            }
            catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
            {
                last = fault; // not listening yet
            }
        }

        throw new XunitException($"The gateway did not become ready ({last?.InnerException ?? last}):\n{Process.Log}");
    }
}
