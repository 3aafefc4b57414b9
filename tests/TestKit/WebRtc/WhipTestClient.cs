using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace TestKit.WebRtc;

/// <summary>A WHIP publisher without a browser: posts an offer, connects to one candidate of the answer, and sends RTP.</summary>
public sealed class WhipTestClient : IAsyncDisposable
{
    private readonly HttpClient _http;

    private WhipTestClient(HttpClient http, Uri resource, string answer, string? etag, UdpTestPeer peer)
    {
        (_http, Resource, Answer, ETag, Peer) = (http, resource, answer, etag, peer);
        (Video, Audio) = peer.Get(p => (TestSender.Video(p), TestSender.Audio(p)));
    }

    public UdpTestPeer Peer { get; }

    public string Answer { get; }

    /// <summary>From the Location header.</summary>
    public Uri Resource { get; }

    public string? ETag { get; }

    /// <summary>Touched only within <see cref="UdpTestPeer.Do"/>.</summary>
    public TestSender Video { get; }

    public TestSender Audio { get; }

    /// <summary>Posts an offer and returns when media may flow.</summary>
    /// <param name="through">Where to connect to; null = the first UDP candidate.</param>
    public static async Task<WhipTestClient> ConnectAsync(
        HttpClient http, Uri endpoint, string? token = null, int seed = 7, TimeSpan? timeout = null,
        Func<RemotePeer, IPEndPoint>? through = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        var peer = new WebRtcTestPeer(new WebRtcTestPeerOptions { Seed = seed });
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
        request.Content = new StringContent(WhipOffer.Create(peer), Encoding.UTF8, new MediaTypeHeaderValue("application/sdp"));
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using HttpResponseMessage response = await http.SendAsync(request);
        string body = await response.Content.ReadAsStringAsync();
        if (response.StatusCode != HttpStatusCode.Created)
        {
            peer.Dispose();
            throw new WhepException($"{(int)response.StatusCode} {body}", response.StatusCode, body);
        }

        var remote = RemotePeer.Parse(body);
        var udp = new UdpTestPeer(peer, remote, through?.Invoke(remote) ?? remote.Candidates[0]);
        if (!await udp.WaitAsync(p => p.IsConnected, timeout ?? TimeSpan.FromSeconds(10)))
        {
            udp.Dispose();
            throw new WhepException($"No connection to {remote.Candidates[0]}");
        }

        return new WhipTestClient(http, new Uri(endpoint, response.Headers.Location!), body, response.Headers.ETag?.Tag, udp);
    }

    /// <summary>Sends picture and sound in real time, 30 pictures a second; a keyframe first and whenever one is asked for.</summary>
    public async Task PlayAsync(TimeSpan duration, CancellationToken cancellation = default)
    {
        int asked = -1;
        long start = Peer.Now;
        for (int i = 0; Peer.Now - start < duration.Ticks; i++)
        {
            Peer.Do(_ => SendPicture(i, ref asked));
            long due = start + ((i + 1) * TimeSpan.TicksPerSecond / 30);
            await Task.Delay(TimeSpan.FromTicks(Math.Max(1, due - Peer.Now)), cancellation);
        }
    }

    public async Task<HttpStatusCode> DeleteAsync()
    {
        using HttpResponseMessage response = await _http.DeleteAsync(Resource);
        return response.StatusCode;
    }

    /// <summary>Goes away: DTLS close_notify, no DELETE.</summary>
    public ValueTask DisposeAsync()
    {
        Peer.Do(p => p.Close());
        Peer.Dispose();
        return ValueTask.CompletedTask;
    }

    private void SendPicture(int index, ref int asked)
    {
        bool isKeyframe = Video.KeyframeRequests != asked;
        asked = Video.KeyframeRequests;
        Video.Send(TestSender.Vp8(index & 0x7fff, isKeyframe));
        Video.Step(100 / 3.0);
        for (int sound = 0; sound < (index % 3 == 0 ? 1 : 2); sound++)
        {
            Audio.Send(TestSender.Opus(Audio.Sent.Count));
            Audio.Step(20);
        }
    }
}
