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
/// The gateway's own way of a packet, from a publication to the sockets: registry, tracks, viewers' sessions, endpoints,
/// loops. What is missing is what a packet does not meet: HTTP, and the other side's network.
/// </summary>
internal sealed class House : IPublisher, IDisposable
{
    private const string Room = "fanout";

    private static readonly TimeSpan s_consentInterval = TimeSpan.FromSeconds(4);

    private readonly MonotonicClock _clock = new(TimeProvider.System);
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly LoopPart[] _parts;
    private readonly DtlsContext _dtls;
    private readonly RoomRegistry _rooms;
    private readonly WebRtcEgress _egress;
    private readonly MediaLoop _home;
    private readonly Source _source;
    private readonly Sinks _sinks;
    private readonly Timer _consent;
    private volatile bool _isMeasuring;
    private int _connected;

    public House(int viewers, int burst, int length, int loops = 1)
    {
        _parts = LoopPart.Open(loops, _clock);
        var certificate = DtlsCertificate.Create(_clock.UtcNow);
        if (!DtlsContext.TryCreate(certificate, out DtlsContext? dtls, out string? reason)) throw new InvalidOperationException(reason);
        _dtls = dtls;
        var candidates = new CandidateGatherer([new InterfaceAddress("lo", IPAddress.Loopback)], [], _parts[0].Endpoint.Port);
        var transport = new WebRtcTransport(dtls, null, certificate.Fingerprint, candidates, _random, loop => _parts[loop.Index].Transport);
        var context = new RoomsContext(new RoomOptions(), new RoomEvents(), FFmpegLibrary.Missing("not needed"));
        _rooms = new RoomRegistry(context, [.. _parts.Select(part => part.Loop)]);
        _egress = new WebRtcEgress(_rooms, transport, new WebRtcEgressOptions());
        PublicationWriter writer = _rooms.Publish(new PublishRequest(Room, "main", "bench", ""), this).Writer!;
        _home = writer.Publication.Loop;
        _source = new Source(_home, writer, burst, length);
        _sinks = new Sinks(viewers);
        foreach (LoopPart part in _parts) part.Start();
        // Who hears nothing for 25 seconds closes.
        _consent = new Timer(_ => Consent(), null, s_consentInterval, s_consentInterval);
        Viewers = viewers;
        Burst = burst;
    }

    public int Viewers { get; }

    public int Burst { get; }

    public long DatagramsSent => _parts.Sum(part => part.Endpoint.Statistics.DatagramsSent);

    public long MessagesSent => _parts.Sum(part => part.Endpoint.Statistics.MessagesSent);

    public long SegmentationRefusals => _parts.Sum(part => part.Endpoint.Statistics.SegmentationRefusals);

    /// <summary>How many viewers each loop has.</summary>
    public IEnumerable<int> ViewersByLoop => _parts.Select(part => part.Sessions.Count);

    /// <summary>Everybody joins, one after the other, and is live when it is done.</summary>
    public async Task ConnectAsync(SrtpProfile profile)
    {
        await _home.InvokeAsync(() => _source.WriteFrame(isKeyframe: true));
        for (int i = 0; i < Viewers; i++) await ConnectAsync(_sinks[i], profile);
        await _home.InvokeAsync(() => _source.WriteFrame(isKeyframe: true));
        for (int i = 0; i < 40; i++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1.0 / 30));
            await _home.InvokeAsync(() => _source.WriteFrame(isKeyframe: false));
        }

        foreach (LoopPart part in _parts) await part.Loop.InvokeAsync(part.Gate.Open);
        await MeasureAsync(3);
    }

    /// <summary>Sends so many frames to everybody as fast as it goes; what each packet took of the loops' processors.</summary>
    public async Task<FanOutFigures> MeasureAsync(int frames)
    {
        _isMeasuring = true;
        await CheckAsync();
        long before = DatagramsSent, dropped = Dropped();
        double start = await UsedAsync();
        long started = _clock.Now;
        long expected = before;
        for (int i = 0; i < frames; i++)
        {
            await _home.InvokeAsync(() => _source.WriteFrame(isKeyframe: false));
            expected += (long)Burst * Viewers;
            // Other loops may be behind: never so far that their queues run over.
            if (_parts.Length > 1) await WaitForAsync(expected - (4L * Burst * Viewers));
        }

        await WaitForAsync(expected);
        double seconds = (_clock.Now - started) / (double)MonotonicClock.TicksPerSecond;
        double used = await UsedAsync() - start;
        long sent = DatagramsSent - before;
        _isMeasuring = false;
        return new FanOutFigures(used / sent, sent / seconds, sent / ((double)frames * Burst * Viewers), Dropped() - dropped);
    }

    /// <summary>What sending alone takes: the same datagrams, ready made, copied to the endpoint and sent.</summary>
    public async Task<double> MeasureFloorAsync(int frames, int length)
    {
        byte[] datagram = new byte[length];
        double used = 0;
        foreach (LoopPart part in _parts)
        {
            Route[] routes = await part.Loop.InvokeAsync(() => part.Gate.Routes.ToArray());
            double start = await part.Loop.InvokeAsync(() => ThreadClock.Microseconds);
            for (int i = 0; i < frames; i++) await part.Loop.InvokeAsync(() => SendBursts(part.Endpoint, routes, datagram));
            await Task.Delay(5); // the last ones leave at the end of their turn
            used += await part.Loop.InvokeAsync(() => ThreadClock.Microseconds) - start;
        }

        return used / ((double)frames * Burst * Viewers);
    }

    /// <summary>The other sides in memory are of no more use; nobody's consent is renewed any more.</summary>
    public async Task ForgetPeersAsync()
    {
        foreach (LoopPart part in _parts) await part.Loop.InvokeAsync(part.Gate.Close);
    }

    public void Dispose()
    {
        _consent.Dispose();
        ForgetPeersAsync().Wait();
        _rooms.Close();
        foreach (LoopPart part in _parts) part.Dispose();
        _sinks.Dispose();
        _dtls.Dispose();
        _random.Dispose();
    }

    void IPublisher.OnRemoved(CloseReason reason)
    {
        // The end of the house.
    }

    private void SendBursts(UdpEndpoint endpoint, Route[] routes, byte[] datagram)
    {
        foreach (Route route in routes)
            for (int i = 0; i < Burst; i++) endpoint.TrySend(route, datagram);
    }

    private long Dropped() => _parts.Sum(part => part.Endpoint.Statistics.DroppedQueueFull);

    private async Task<double> UsedAsync()
    {
        double used = 0;
        foreach (LoopPart part in _parts) used += await part.Loop.InvokeAsync(() => ThreadClock.Microseconds);
        return used;
    }

    private async Task WaitForAsync(long datagrams)
    {
        long patience = _clock.Now + (MonotonicClock.TicksPerSecond / 2);
        while (DatagramsSent < datagrams && _clock.Now < patience) await Task.Delay(1);
    }

    private async Task CheckAsync()
    {
        foreach (LoopPart part in _parts) await part.Loop.InvokeAsync(part.Gate.Check);
    }

    private void Consent()
    {
        if (_isMeasuring) return;
        foreach (LoopPart part in _parts) part.Loop.Post(part.Gate.Check);
    }

    private async Task ConnectAsync(TransportAddress viewer, SrtpProfile profile)
    {
        var route = new Route(TransportAddress.From(IPAddress.Loopback, _parts[0].Endpoint.Port), viewer);
        LoopPart? owner = null;
        InMemoryPeer peer = InMemoryPeer.TryCreate(_clock.UtcNow, _random, Send, [profile])!;
        string offer = ViewerOffer.Text(peer.Credentials.UsernameFragment, peer.Credentials.Password, peer.Fingerprint.ToString(), audio: false);
        if (!SdpReader.TryRead(offer, out SessionDescription description, out string error)) throw new InvalidOperationException(error);
        ViewerAnswer answer = await _egress.SubscribeAsync(new ViewerRequest(Room, null, description, "bench", IPAddress.Loopback));
        if (answer.Answer is not { } answered) throw new InvalidOperationException(answer.Detail);
        if (!SdpReader.TryRead(answered.ToString(), out SessionDescription read, out error)) throw new InvalidOperationException(error);
        MediaDescription media = read.Media[0];
        owner = _parts[IceCredentials.LoopOf(read.UfragOf(media)![0])];
        await owner.Loop.InvokeAsync(() =>
        {
            owner.Gate.Add(route, peer);
            peer.Connect(new IceCredentials(read.UfragOf(media)!, read.PasswordOf(media)!), read.FingerprintOf(media)!);
        });
        for (int wait = 0; await owner.Loop.InvokeAsync(() => peer.Received) == 0; wait++)
        {
            if (peer.Failure is { } failure || wait > 5000) throw new InvalidOperationException($"Viewer {_connected}: {peer.Failure ?? "nothing came"}");
            await Task.Delay(1);
        }

        _connected++;

        void Send(ReadOnlySpan<byte> datagram)
        {
            byte[] copy = datagram.ToArray();
            LoopPart part = owner!;
            part.Loop.Post(() => part.Sessions.OnDatagram(copy, route, part.Loop.Now));
        }
    }
}

/// <param name="MicrosecondsPerPacket">Processor time of the loops' threads, kernel included.</param>
/// <param name="Complete">1 = each viewer was sent each packet.</param>
/// <param name="Dropped">Found the send queue full.</param>
internal readonly record struct FanOutFigures(double MicrosecondsPerPacket, double PacketsPerSecond, double Complete, long Dropped);
