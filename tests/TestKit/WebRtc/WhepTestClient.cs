using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Media.Scheduling;

namespace TestKit.WebRtc;

/// <summary>
/// A WHEP viewer without a browser: posts an offer, connects to one candidate of the answer, and keeps the RTP packets it
/// gets, decrypted. All times are ticks of <see cref="MonotonicClock"/> over the system's clock.
/// </summary>
public sealed class WhepTestClient : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly bool _ownsHttp;

    private WhepTestClient(HttpClient http, bool ownsHttp, WhepAnswer answer, UdpTestPeer peer)
    {
        _http = http;
        _ownsHttp = ownsHttp;
        Answer = answer.Text;
        Resource = answer.Resource;
        ETag = answer.ETag;
        PostedAt = answer.PostedAt;
        AnsweredAt = answer.AnsweredAt;
        Streams = WhepStream.Parse(answer.Text);
        Peer = peer;
    }

    public UdpTestPeer Peer { get; }

    /// <summary>The SDP answer.</summary>
    public string Answer { get; }

    /// <summary>From the Location header.</summary>
    public Uri Resource { get; }

    public string? ETag { get; }

    public long PostedAt { get; }

    public long AnsweredAt { get; }

    /// <summary>When SRTP keys were there.</summary>
    public long ConnectedAt => Peer.Get(p => p.ConnectedAt);

    public IReadOnlyList<WhepStream> Streams { get; }

    public WhepStream? Audio => Streams.FirstOrDefault(stream => stream.Kind == "audio");

    public WhepStream? Video => Streams.FirstOrDefault(stream => stream.Kind == "video");

    /// <summary>Posts an offer and returns when media may flow.</summary>
    /// <param name="http">For certificates of its own; null = one that takes any.</param>
    public static async Task<WhepTestClient> ConnectAsync(
        Uri endpoint, WhepOfferOptions? options = null, HttpClient? http = null, CancellationToken cancellation = default)
    {
        options ??= new WhepOfferOptions();
        bool ownsHttp = http == null;
        http ??= TrustingHttpClient();
        var peer = new WebRtcTestPeer(options.Peer);
        WhepAnswer answer = await PostAsync(http, endpoint, WhepOffer.Create(peer, options), options.Token, cancellation);
        var remote = RemotePeer.Parse(answer.Text);
        IPEndPoint candidate = options.Through?.Invoke(remote) ?? remote.Candidates.FirstOrDefault(options.Candidate ?? (_ => true))
            ?? throw new WhepException("No such candidate among " + string.Join(", ", remote.Candidates));
        var client = new WhepTestClient(http, ownsHttp, answer, new UdpTestPeer(peer, remote, candidate, options.CreateSocket?.Invoke(candidate.AddressFamily)));
        if (await client.Peer.WaitAsync(p => p.IsConnected || p.Closed != null, options.Timeout, cancellation)
            && client.Peer.Get(p => p.IsConnected)) return client;
        string state = client.Peer.Get(p => $"{p.ChecksAnswered} checks answered, DTLS {p.Closed?.ToString() ?? "unfinished"}");
        await client.DisposeAsync();
        throw new WhepException($"No connection to {candidate}: {state}");
    }

    /// <summary>A client that takes self-signed certificates, as a viewer does who clicked the warning away.</summary>
    public static HttpClient TrustingHttpClient()
    {
#pragma warning disable CA5359, CA2000 // tests talk to certificates that were made a moment ago; the client owns the handler
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        return new HttpClient(handler);
#pragma warning restore CA5359, CA2000
    }

    /// <summary>The packets of one stream that came so far, retransmissions not included.</summary>
    public IReadOnlyList<TestRtpPacket> PacketsOf(WhepStream stream) =>
        Peer.Get(p => p.Received.Where(packet => packet.Ssrc == stream.Ssrc).ToList());

    /// <summary>Waits until a stream has given so many packets.</summary>
    public async Task<IReadOnlyList<TestRtpPacket>> WaitForPacketsAsync(
        WhepStream stream, int count, TimeSpan timeout, CancellationToken cancellation = default)
    {
        bool came = await Peer.WaitAsync(p => p.Received.Count(packet => packet.Ssrc == stream.Ssrc) >= count, timeout, cancellation);
        IReadOnlyList<TestRtpPacket> packets = PacketsOf(stream);
        return came ? packets : throw new WhepException($"{packets.Count} of {count} packets of {stream.Kind} came in {timeout}");
    }

    public void RequestKeyframe() => Peer.Do(p => p.RequestKeyframe(Video!.Ssrc));

    /// <summary>Ends the session as a player does.</summary>
    public async Task<HttpStatusCode> DeleteAsync(CancellationToken cancellation = default)
    {
        using HttpResponseMessage response = await _http.DeleteAsync(Resource, cancellation);
        return response.StatusCode;
    }

    /// <summary>Goes away: DTLS close_notify, no DELETE.</summary>
    public ValueTask DisposeAsync()
    {
        Peer.Do(p => p.Close());
        Peer.Dispose();
        if (_ownsHttp) _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<WhepAnswer> PostAsync(
        HttpClient http, Uri endpoint, string offer, string? token, CancellationToken cancellation)
    {
        var clock = new MonotonicClock(TimeProvider.System);
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
        request.Content = new StringContent(offer, Encoding.UTF8, new MediaTypeHeaderValue("application/sdp"));
        if (token != null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        long postedAt = clock.Now;
        using HttpResponseMessage response = await http.SendAsync(request, cancellation);
        string body = await response.Content.ReadAsStringAsync(cancellation);
        if (response.StatusCode != HttpStatusCode.Created)
            throw new WhepException($"{(int)response.StatusCode} {body}", response.StatusCode, body);
        Uri location = response.Headers.Location ?? throw new WhepException("201 without Location", response.StatusCode, body);
        return new WhepAnswer(body, new Uri(endpoint, location), response.Headers.ETag?.Tag, postedAt, clock.Now);
    }

    private sealed record WhepAnswer(string Text, Uri Resource, string? ETag, long PostedAt, long AnsweredAt);
}
