using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Hosting;
using TestKit.Processes;
using TestKit.WebRtc;
using Xunit.Sdk;

namespace Gateway.Tests.Rtp;

/// <summary>A gateway whose room "demo" is published to by plain RTP, and viewers of it.</summary>
internal sealed class RtpInRoom : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    private const int Pairs = 8;

    private RtpInRoom(RunningGateway gateway) => Gateway = gateway;

    public RunningGateway Gateway { get; }

    /// <summary>Where the session is asked after and ended.</summary>
    public Uri? Location { get; private set; }

    public static async Task<RtpInRoom> StartAsync(params string[] more)
    {
        int first = FreePorts.Row(2 * Pairs);
        return new RtpInRoom(await RunningGateway.StartAsync([$"--Rtp:Ports={first}-{first + (2 * Pairs) - 1}", .. more]));
    }

    public async Task<(HttpStatusCode Status, string Body)> PostAsync(string sdp, string query = "", string type = "application/sdp", string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/rooms/demo/rtp-in" + query) { Content = new StringContent(sdp) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using HttpResponseMessage response = await Gateway.Client.SendAsync(request);
        if (response.StatusCode == HttpStatusCode.Created) Location = response.Headers.Location;
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The ports to send to, section by section.</summary>
    public async Task<int[]> OpenAsync(string sdp, string query = "")
    {
        (HttpStatusCode status, string body) = await PostAsync(sdp, query);
        Assert.True(status == HttpStatusCode.Created, body);
        return [.. body.Split('\n').Where(line => line.StartsWith("m=", StringComparison.Ordinal)).Select(line => int.Parse(line.Split(' ')[1], null))];
    }

    public Task<JsonElement> StatusAsync() => Gateway.Client.GetFromJsonAsync<JsonElement>(Location);

    public async Task<JsonElement> PublicationAsync() =>
        (await Gateway.Client.GetFromJsonAsync<JsonElement>("/api/v1/rooms/demo")).GetProperty("publications")[0];

    /// <summary>The published track of a kind, once it is there.</summary>
    public async Task<JsonElement> TrackAsync(string kind, Func<JsonElement, bool>? until = null)
    {
        string last = "";
        for (int i = 0; i < 200; i++, await Task.Delay(100))
        {
            JsonElement publication = await PublicationAsync();
            last = publication.ToString();
            foreach (JsonElement track in publication.GetProperty("tracks").EnumerateArray())
                if (track.GetProperty("kind").GetString() == kind && until?.Invoke(track) != false) return track;
        }

        throw new XunitException($"There is no such {kind} track: {last}\n{await StatusAsync()}");
    }

    public async Task<WhepTestClient> WatchAsync(params string[] videoCodecs)
    {
        var options = new WhepOfferOptions { VideoCodecs = videoCodecs, Timeout = Patience };
        for (int i = 0; ; i++)
        {
            try
            {
                return await WhepTestClient.ConnectAsync(new Uri(Gateway.Client.BaseAddress!, "/whep/demo"), options, Gateway.Client);
            }
            catch (WhepException refused) when (refused.Status == HttpStatusCode.Conflict && i < 200)
            {
                await Task.Delay(100); // the first packets are on their way
            }
        }
    }

    /// <summary>All numbers follow each other, and no timestamp goes back.</summary>
    public static void AssertContinuous(IReadOnlyList<TestRtpPacket> packets)
    {
        Assert.All(packets.Zip(packets.Skip(1)), pair =>
        {
            Assert.Equal(1, (ushort)(pair.Second.SequenceNumber - pair.First.SequenceNumber));
            Assert.True((int)(pair.Second.Timestamp - pair.First.Timestamp) >= 0);
        });
    }

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();
}
