using System.Net;
using System.Net.Sockets;
using TestKit.Measuring;
using TestKit.Processes;
using TestKit.Sources;
using TestKit.WebRtc;

namespace Network.Tests;

/// <summary>
/// A gateway with two links and lo, IPv4 and IPv6. Each candidate of its answer is used alone, by a socket that hears
/// nothing but what comes from exactly that address and port.
/// </summary>
[Trait("Suite", "network")]
public sealed class CandidateTests : IAsyncLifetime
{
    private const string Room = "candidates";
    private readonly List<IPAddress> _addresses = [];
    private NetworkNamespace _home = null!;
    private NetworkNamespace _away = null!;
    private GatewayProcess _gateway = null!;
    private LiveSource _source = null!;

    public async Task InitializeAsync()
    {
        _home = await NetworkNamespace.CreateAsync();
        _away = await NetworkNamespace.CreateAsync();
        foreach (int subnet in (int[])[1, 2])
        {
            (IPAddress v4, IPAddress v6) = await _home.LinkAsync(_away, subnet);
            _addresses.AddRange([v4, v6]);
        }

        _gateway = await GatewayProcess.StartAsync(_home);
        _source = new LiveSource(_gateway.Rtmp(Room), EncoderSettings.ZeroLatency(), _home.Name);
        await _gateway.WaitForTracksAsync(Room, 2);
    }

    [Fact]
    public async Task Each_candidate_alone_brings_media_to_a_viewer_elsewhere()
    {
        foreach (IPAddress entrance in _addresses)
        {
            IReadOnlyList<IPEndPoint> candidates = await CandidatesAsync(_away, entrance);
            Assert.Equal(_addresses.Select(address => new IPEndPoint(address, _gateway.WebRtcPort)).Order(s_byText), candidates.Order(s_byText));
        }

        await WatchByEachAsync(_away, _addresses[0], _addresses);
    }

    [Fact]
    public async Task Each_candidate_alone_brings_media_to_a_viewer_on_the_same_machine()
    {
        IReadOnlyList<IPEndPoint> candidates = await CandidatesAsync(_home, IPAddress.Loopback);
        IPAddress[] expected = [IPAddress.Loopback, IPAddress.IPv6Loopback, .. _addresses];
        Assert.Equal(expected.Select(address => new IPEndPoint(address, _gateway.WebRtcPort)).Order(s_byText), candidates.Order(s_byText));
        Assert.All(candidates.Take(2), candidate => Assert.True(IPAddress.IsLoopback(candidate.Address), "loopback comes first"));
        await WatchByEachAsync(_home, IPAddress.Loopback, expected);
    }

    public async Task DisposeAsync()
    {
        _source?.Dispose();
        _gateway?.Dispose();
        _home?.Dispose();
        _away?.Dispose();
        await Task.CompletedTask;
    }

    private static readonly Comparer<IPEndPoint> s_byText =
        Comparer<IPEndPoint>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()));

    private async Task<IReadOnlyList<IPEndPoint>> CandidatesAsync(NetworkNamespace network, IPAddress entrance)
    {
        using HttpClient http = network.CreateHttpClient();
        await using WhepTestClient viewer = await WhepTestClient.ConnectAsync(Whep(entrance), new WhepOfferOptions { CreateSocket = network.CreateUdpSocket }, http);
        await viewer.DeleteAsync();
        return RemotePeer.Parse(viewer.Answer).Candidates;
    }

    private async Task WatchByEachAsync(NetworkNamespace network, IPAddress entrance, IEnumerable<IPAddress> addresses)
    {
        using HttpClient http = network.CreateHttpClient();
        var rows = new List<object[]>();
        foreach (IPAddress address in addresses)
        {
            var options = new WhepOfferOptions
            {
                CreateSocket = network.CreateUdpSocket, Candidate = candidate => candidate.Address.Equals(address),
            };
            await using WhepTestClient viewer = await WhepTestClient.ConnectAsync(Whep(entrance), options, http);
            IReadOnlyList<TestRtpPacket> video = await viewer.WaitForPacketsAsync(viewer.Video!, 60, TimeSpan.FromSeconds(10));
            IReadOnlyList<TestRtpPacket> audio = await viewer.WaitForPacketsAsync(viewer.Audio!, 20, TimeSpan.FromSeconds(10));
            rows.Add([address, (viewer.AnsweredAt - viewer.PostedAt) / 1e4, (viewer.ConnectedAt - viewer.AnsweredAt) / 1e4, video.Count, audio.Count]);
            Assert.Equal(HttpStatusCode.OK, await viewer.DeleteAsync());
        }

        Report.Table("Each candidate alone", ["candidate", "answer ms", "then DTLS ms", "video packets", "audio packets"], rows);
    }

    private Uri Whep(IPAddress entrance) =>
        new($"http://{(entrance.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{entrance}]" : entrance)}:{_gateway.HttpPort}/whep/{Room}");
}
