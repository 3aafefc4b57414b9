using System.Net;
using System.Security.Cryptography;
using Bench.Shared;
using Egress.WebRtc;
using Media.FFmpeg;
using Media.Scheduling;
using Protocols.Dtls;
using Protocols.Ice;
using Protocols.Net;
using Protocols.Sdp;
using Protocols.Srtp;
using Protocols.WebRtc;
using Rooms;
using Rooms.Publishing;

namespace Bench.FanOut;

/// <summary>
/// The gateway's own way of a packet, from a publication to the sockets: registry, tracks, viewers' sessions, endpoint,
/// loop. What is missing is what a packet does not meet: HTTP, and the other side's network.
/// </summary>
internal sealed class House : IPublisher, IDisposable
{
    private const string Room = "fanout";

    private static readonly TimeSpan s_consentInterval = TimeSpan.FromSeconds(4);

    private readonly MonotonicClock _clock = new(TimeProvider.System);
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly NetworkWaiter _waiter;
    private readonly UdpEndpoint _endpoint;
    private readonly SessionTable _sessions = new(0);
    private readonly Thread _thread;
    private readonly DtlsContext _dtls;
    private readonly RoomRegistry _rooms;
    private readonly WebRtcEgress _egress;
    private readonly Gate _gate;
    private readonly Source _source;
    private readonly Sinks _sinks;
    private readonly Timer _consent;
    private volatile bool _isMeasuring;
    private int _connected;

    public House(int viewers, int burst, int length)
    {
        _waiter = NetworkWaiter.Create(_clock);
        Loop = new MediaLoop(0, _clock, _waiter, fault => Environment.FailFast("A fault on the loop", fault));
        _endpoint = UdpEndpoint.Open(0, _sessions);
        _waiter.Add(_endpoint);
        _gate = new Gate(Loop, _endpoint);
        var certificate = DtlsCertificate.Create(_clock.UtcNow);
        if (!DtlsContext.TryCreate(certificate, out DtlsContext? dtls, out string? reason)) throw new InvalidOperationException(reason);
        _dtls = dtls;
        var part = new LoopTransport(_gate, _sessions);
        var candidates = new CandidateGatherer([new InterfaceAddress("lo", IPAddress.Loopback)], [], _endpoint.Port);
        var transport = new WebRtcTransport(dtls, null, certificate.Fingerprint, candidates, _random, _ => part);
        _rooms = new RoomRegistry(new RoomsContext(new RoomOptions(), new RoomEvents(), FFmpegLibrary.Missing("not needed")), [Loop]);
        _egress = new WebRtcEgress(_rooms, transport, new WebRtcEgressOptions());
        PublicationWriter writer = _rooms.Publish(new PublishRequest(Room, "main", "bench", ""), this).Writer!;
        _source = new Source(Loop, writer, burst, length);
        _sinks = new Sinks(viewers);
        _thread = new Thread(Loop.Run) { IsBackground = true, Name = "media loop" };
        _thread.Start();
        // Who hears nothing for 25 seconds closes.
        _consent = new Timer(_ => Consent(), null, s_consentInterval, s_consentInterval);
        Viewers = viewers;
        Burst = burst;
    }

    public MediaLoop Loop { get; }

    public UdpStatistics Network => _endpoint.Statistics;

    public int Viewers { get; }

    public int Burst { get; }

    /// <summary>Everybody joins, one after the other, and is live when it is done.</summary>
    public async Task ConnectAsync(SrtpProfile profile)
    {
        await Loop.InvokeAsync(() => _source.WriteFrame(isKeyframe: true));
        for (int i = 0; i < Viewers; i++) await ConnectAsync(_sinks[i], profile);
        await Loop.InvokeAsync(() => _source.WriteFrame(isKeyframe: true));
        for (int i = 0; i < 40; i++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1.0 / 30));
            await Loop.InvokeAsync(() => _source.WriteFrame(isKeyframe: false));
        }

        await Loop.InvokeAsync(_gate.Open);
        await MeasureAsync(3);
    }

    /// <summary>Sends so many frames to everybody as fast as it goes; what each packet took of the loop's processor.</summary>
    public async Task<FanOutFigures> MeasureAsync(int frames)
    {
        _isMeasuring = true;
        await Loop.InvokeAsync(_gate.Check);
        long before = _endpoint.Statistics.DatagramsSent;
        long dropped = _endpoint.Statistics.DroppedQueueFull;
        double start = await Loop.InvokeAsync(() => ThreadClock.Microseconds);
        long started = _clock.Now;
        for (int i = 0; i < frames; i++) await Loop.InvokeAsync(() => _source.WriteFrame(isKeyframe: false));
        // The last frame leaves at the end of its turn.
        long expected = before + ((long)frames * Burst * Viewers), patience = _clock.Now + (MonotonicClock.TicksPerSecond / 2);
        while (_endpoint.Statistics.DatagramsSent < expected && _clock.Now < patience) await Task.Delay(1);
        double used = await Loop.InvokeAsync(() => ThreadClock.Microseconds) - start;
        double seconds = (_clock.Now - started) / (double)MonotonicClock.TicksPerSecond;
        long sent = _endpoint.Statistics.DatagramsSent - before;
        _isMeasuring = false;
        return new FanOutFigures(used / sent, sent / seconds, sent / ((double)frames * Burst * Viewers), _endpoint.Statistics.DroppedQueueFull - dropped);
    }

    /// <summary>What sending alone takes: the same datagrams, ready made, copied to the endpoint and sent.</summary>
    public async Task<double> MeasureFloorAsync(int frames, int length)
    {
        byte[] datagram = new byte[length];
        Route[] routes = await Loop.InvokeAsync(() => _gate.Routes.ToArray());
        double start = await Loop.InvokeAsync(() => ThreadClock.Microseconds);
        for (int i = 0; i < frames; i++) await Loop.InvokeAsync(() => SendBursts(routes, datagram));
        await Task.Delay(5); // the last ones leave at the end of their turn
        double used = await Loop.InvokeAsync(() => ThreadClock.Microseconds) - start;
        return used / ((double)frames * Burst * Viewers);
    }

    /// <summary>The other sides in memory are of no more use; nobody's consent is renewed any more.</summary>
    public Task ForgetPeersAsync() => Loop.InvokeAsync(_gate.Close);

    public void Dispose()
    {
        _consent.Dispose();
        Loop.InvokeAsync(_gate.Close).Wait();
        _rooms.Close();
        Loop.Stop();
        _thread.Join();
        _waiter.Dispose();
        _endpoint.Dispose();
        _sinks.Dispose();
        _dtls.Dispose();
        _random.Dispose();
    }

    private void SendBursts(Route[] routes, byte[] datagram)
    {
        foreach (Route route in routes)
            for (int i = 0; i < Burst; i++) _endpoint.TrySend(route, datagram);
    }

    private void Consent()
    {
        if (!_isMeasuring) Loop.Post(_gate.Check);
    }

    void IPublisher.OnRemoved(CloseReason reason)
    {
        // The end of the house.
    }

    private async Task ConnectAsync(TransportAddress viewer, SrtpProfile profile)
    {
        var route = new Route(TransportAddress.From(IPAddress.Loopback, _endpoint.Port), viewer);
        InMemoryPeer peer = InMemoryPeer.TryCreate(_clock.UtcNow, _random, Send, [profile])!;
        string offer = ViewerOffer.Text(peer.Credentials.UsernameFragment, peer.Credentials.Password, peer.Fingerprint.ToString(), audio: false);
        if (!SdpReader.TryRead(offer, out SessionDescription description, out string error)) throw new InvalidOperationException(error);
        ViewerAnswer answer = await _egress.SubscribeAsync(new ViewerRequest(Room, null, description, "bench", IPAddress.Loopback));
        if (answer.Answer is not { } answered) throw new InvalidOperationException(answer.Detail);
        if (!SdpReader.TryRead(answered.ToString(), out SessionDescription read, out error)) throw new InvalidOperationException(error);
        MediaDescription media = read.Media[0];
        await Loop.InvokeAsync(() =>
        {
            _gate.Add(route, peer);
            peer.Connect(new IceCredentials(read.UfragOf(media)!, read.PasswordOf(media)!), read.FingerprintOf(media)!);
        });
        for (int wait = 0; await Loop.InvokeAsync(() => peer.Received) == 0; wait++)
        {
            if (peer.Failure is { } failure || wait > 2000) throw new InvalidOperationException($"Viewer {_connected}: {peer.Failure ?? "nothing came"}");
            await Task.Delay(1);
        }

        _connected++;

        void Send(ReadOnlySpan<byte> datagram)
        {
            byte[] copy = datagram.ToArray();
            Loop.Post(() => _sessions.OnDatagram(copy, route, Loop.Now));
        }
    }
}

/// <param name="MicrosecondsPerPacket">Processor time of the loop's thread, kernel included.</param>
/// <param name="Complete">1 = each viewer was sent each packet.</param>
/// <param name="Dropped">Found the send queue full.</param>
internal readonly record struct FanOutFigures(double MicrosecondsPerPacket, double PacketsPerSecond, double Complete, long Dropped);
