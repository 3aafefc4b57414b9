using System.Buffers.Binary;
using System.Collections.Concurrent;
using TestKit.Measuring;
using TestKit.Processes;
using TestKit.Skipping;
using TestKit.WebRtc;

namespace Network.Tests;

/// <summary>
/// How long a packet is in the gateway: from a publisher by WebRTC to ten viewers by WebRTC, less what the same packets
/// take straight to ten sockets.
/// </summary>
[Trait("Suite", "hotpath")]
public sealed class AddedLatencyTests
{
    private const int Viewers = 10;
    private const int PacketLength = 1000;
    private const double MedianLimit = 1;
    private const double P99Limit = 5;

    [TimedFact]
    public async Task A_packet_leaves_for_ten_viewers_within_a_millisecond()
    {
        using GatewayProcess gateway = await GatewayProcess.StartAsync();
        using HttpClient http = gateway.CreateHttpClient();
        await using WhipTestClient publisher = await WhipTestClient.ConnectAsync(http, new Uri(gateway.Whip("latency")));
        Task settling = publisher.PlayAsync(TimeSpan.FromSeconds(4));
        await gateway.WaitForTracksAsync("latency", 2);
        var through = new ConcurrentQueue<Arrival>();
        var viewers = new List<WhepTestClient>();
        for (int i = 0; i < Viewers; i++) viewers.Add(await WatchAsync(gateway, http, i, through));
        using var straight = new DirectFanOut(Viewers, publisher.Peer);
        await settling;

        Dictionary<string, double> figures = await TimedRounds.RunAsync(
            "From a WebRTC publisher to 10 viewers, ms", P99Limit,
            () => RoundAsync(publisher, through, straight, TimedRounds.Seconds(10, 30)),
            medians => medians["added p50"] < MedianLimit && medians["added p99"] < P99Limit);
        foreach (WhepTestClient viewer in viewers) await viewer.DisposeAsync();

        string[] names = ["gateway p50", "gateway p99", "straight p50", "straight p99", "added p50", "added p99"];
        Report.Line("Added latency, 10 viewers: " + string.Join(", ", names.Select(name => FormattableString.Invariant($"{name} {figures[name]:0.00} ms"))));
        Assert.True(figures["arrived %"] > 99, $"{figures["arrived %"]:0.0} % of the packets arrived");
        Assert.InRange(figures["added p50"], double.MinValue, MedianLimit);
        Assert.InRange(figures["added p99"], double.MinValue, P99Limit);
    }

    private static async Task<WhepTestClient> WatchAsync(GatewayProcess gateway, HttpClient http, int index, ConcurrentQueue<Arrival> arrivals)
    {
        var options = new WhepOfferOptions
        {
            VideoCodecs = ["VP8"], Peer = new WebRtcTestPeerOptions { Seed = 100 + index, KeepsPackets = false },
        };
        WhepTestClient viewer = await WhepTestClient.ConnectAsync(new Uri(gateway.Whep("latency")), options, http);
        uint video = viewer.Video!.Ssrc;
        viewer.Peer.Do(peer => peer.RtpReceived += packet =>
        {
            if (packet.Ssrc == video) arrivals.Enqueue(new Arrival(NumberOf(packet.Payload), packet.ArrivalTime));
        });
        return viewer;
    }

    /// <summary>Every other packet goes through the gateway, those between them straight to sockets like the viewers'.</summary>
    private static async Task<Dictionary<string, double>> RoundAsync(
        WhipTestClient publisher, ConcurrentQueue<Arrival> through, DirectFanOut straight, double seconds)
    {
        through.Clear();
        straight.Arrivals.Clear();
        var sent = new Dictionary<int, long>();
        long end = publisher.Peer.Now + TimeSpan.FromSeconds(seconds).Ticks;
        for (int number = 0x10000; publisher.Peer.Now < end; number++)
        {
            sent[number] = number % 2 == 0 ? SendThrough(publisher, number) : straight.Send(number, PacketLength);
            await Task.Delay(4);
        }

        await Task.Delay(200);
        double[] gateway = Delays(through, sent);
        double[] direct = Delays(straight.Arrivals, sent);
        return new()
        {
            ["gateway p50"] = Statistics.Median(gateway),
            ["gateway p99"] = Statistics.Percentile(gateway, 99),
            ["straight p50"] = Statistics.Median(direct),
            ["straight p99"] = Statistics.Percentile(direct, 99),
            ["added p50"] = Statistics.Median(gateway) - Statistics.Median(direct),
            ["added p99"] = Statistics.Percentile(gateway, 99) - Statistics.Percentile(direct, 99),
            ["arrived %"] = 100.0 * gateway.Length / (Viewers * sent.Keys.Count(number => number % 2 == 0)),
        };
    }

    private static long SendThrough(WhipTestClient publisher, int number)
    {
        byte[] payload = TestSender.Vp8(number & 0x7fff, isKeyframe: false, PacketLength);
        BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan(PacketLength - sizeof(int)), number);
        long at = publisher.Peer.Now;
        publisher.Peer.Do(_ =>
        {
            publisher.Video.Send(payload);
            publisher.Video.Step(10);
        });
        return at;
    }

    private static int NumberOf(ReadOnlySpan<byte> payload) => BinaryPrimitives.ReadInt32BigEndian(payload[^sizeof(int)..]);

    private static double[] Delays(IEnumerable<Arrival> arrivals, Dictionary<int, long> sent) =>
    [
        .. arrivals.Where(arrival => sent.ContainsKey(arrival.Number))
            .Select(arrival => TimeSpan.FromTicks(arrival.Time - sent[arrival.Number]).TotalMilliseconds),
    ];
}
