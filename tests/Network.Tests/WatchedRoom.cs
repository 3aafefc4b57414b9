using System.Buffers.Binary;
using System.Collections.Concurrent;
using TestKit.Measuring;
using TestKit.Processes;
using TestKit.WebRtc;

namespace Network.Tests;

/// <summary>A publisher by WHIP and viewers by WHEP, and how long each packet takes from one to the others.</summary>
internal sealed class WatchedRoom : IAsyncDisposable
{
    private const int PacketLength = 1000;
    private const int MillisecondsBetweenPackets = 4;

    private readonly ConcurrentQueue<Arrival> _arrivals = new();
    private readonly List<WhepTestClient> _viewers = [];
    private readonly WhipTestClient _publisher;
    private int _number = 0x10000;

    private WatchedRoom(WhipTestClient publisher) => _publisher = publisher;

    public IReadOnlyList<WhepTestClient> Viewers => _viewers;

    public static async Task<WatchedRoom> OpenAsync(GatewayProcess gateway, HttpClient http, string name, int viewers)
    {
        var room = new WatchedRoom(await WhipTestClient.ConnectAsync(http, new Uri(gateway.Whip(name))));
        Task settling = room._publisher.PlayAsync(TimeSpan.FromSeconds(4));
        await gateway.WaitForTracksAsync(name, 2);
        for (int i = 0; i < viewers; i++) await room.WatchAsync(gateway, http, name, i);
        await settling;
        return room;
    }

    /// <summary>Milliseconds that the packets of a while took, as long as the task runs.</summary>
    public async Task<double[]> DelaysWhileAsync(Task task)
    {
        _arrivals.Clear();
        var sent = new Dictionary<int, long>();
        while (!task.IsCompleted)
        {
            sent[_number] = Send(_number);
            _number++;
            await Task.Delay(MillisecondsBetweenPackets);
        }

        await task;
        await Task.Delay(200);
        return
        [
            .. _arrivals.Where(arrival => sent.ContainsKey(arrival.Number))
                .Select(arrival => TimeSpan.FromTicks(arrival.Time - sent[arrival.Number]).TotalMilliseconds),
        ];
    }

    public async Task<double> P99WhileAsync(Task task) => Statistics.Percentile(await DelaysWhileAsync(task), 99);

    public async ValueTask DisposeAsync()
    {
        foreach (WhepTestClient viewer in _viewers) await viewer.DisposeAsync();
        await _publisher.DisposeAsync();
    }

    private async Task WatchAsync(GatewayProcess gateway, HttpClient http, string name, int index)
    {
        var options = new WhepOfferOptions
        {
            VideoCodecs = ["VP8"], Peer = new WebRtcTestPeerOptions { Seed = 100 + index, KeepsPackets = false },
        };
        WhepTestClient viewer = await WhepTestClient.ConnectAsync(new Uri(gateway.Whep(name)), options, http);
        uint video = viewer.Video!.Ssrc;
        viewer.Peer.Do(peer => peer.RtpReceived += packet =>
        {
            if (packet.Ssrc == video) _arrivals.Enqueue(new Arrival(BinaryPrimitives.ReadInt32BigEndian(packet.Payload[^sizeof(int)..]), packet.ArrivalTime));
        });
        _viewers.Add(viewer);
    }

    private long Send(int number)
    {
        byte[] payload = TestSender.Vp8(number & 0x7fff, isKeyframe: false, PacketLength);
        BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan(PacketLength - sizeof(int)), number);
        long at = _publisher.Peer.Now;
        _publisher.Peer.Do(_ =>
        {
            _publisher.Video.Send(payload);
            _publisher.Video.Step(10);
        });
        return at;
    }
}
