using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Media;
using Media.Scheduling;
using Protocols.Dtls;
using Protocols.Ice;
using Protocols.Net;
using Protocols.Rtcp;
using Protocols.Sdp;
using Protocols.WebRtc;

namespace Protocols.Tests.WebRtc;

/// <summary>What signalling makes of an offer: the answer, and whose certificate DTLS must show.</summary>
internal delegate (SessionDescription Answer, Fingerprint Peer) Negotiate(SessionDescription offer, LocalPeer local);

/// <summary>One session behind a plain socket and a small HTTP listener: WHEP, or whatever else it is told to negotiate.</summary>
internal sealed class SmallWhepServer : IDatagramSender, IWebRtcSessionListener, IDisposable
{
    private readonly HttpListener _http = new();
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly MonotonicClock _clock = new(TimeProvider.System);
    private readonly Lock _lock = new();
    private readonly DtlsContext _context;
    private readonly byte[] _room = new byte[2000];
    private readonly Thread _thread;
    private readonly IPAddress _address;
    private readonly Negotiate _negotiate;
    private WebRtcSession? _session;
    private Route _route;
    private volatile bool _stopping;

    /// <param name="address">Where media comes from; null = loopback.</param>
    /// <param name="negotiate">Null = as to a viewer.</param>
    public SmallWhepServer(IPAddress? address = null, Negotiate? negotiate = null)
    {
        _negotiate = negotiate ?? AnswerViewer;
        _address = address ?? IPAddress.Loopback;
        Assert.True(DtlsContext.TryCreate(DtlsCertificate.Create(_clock.UtcNow), out DtlsContext? context, out _));
        _context = context;
        _socket.Bind(new IPEndPoint(_address, 0));
        int port = ((IPEndPoint)_socket.LocalEndPoint!).Port; // of UDP; the same number of TCP is as good as any
        Endpoint = new Uri($"http://127.0.0.1:{port}/whep/demo");
        _http.Prefixes.Add($"http://127.0.0.1:{port}/");
        _http.Start();
        _ = AnswerAsync();
        _thread = new Thread(Run);
        _thread.Start();
    }

    public Uri Endpoint { get; }

    public int KeyframeRequests { get; private set; }

    public bool IsConnected { get; private set; }

    public string? Closed { get; private set; }

    public SessionFixture.TakeRtp? RtpReceived { get; set; }

    public SessionFixture.TakeRtcp? RtcpReceived { get; set; }

    /// <summary>Called often, with the loop's time.</summary>
    public Action<long>? Advancing { get; set; }

    /// <summary>From within a call of this server.</summary>
    public void SendRtcp(ReadOnlySpan<byte> compound) => _session?.SendRtcp(compound);

    public void Post(Action<WebRtcSession> action)
    {
        lock (_lock) action(_session!);
    }

    public Span<byte> Reserve(in Route route, int length)
    {
        _route = route;
        return _room.AsSpan(0, length);
    }

    public void Commit(int length) => _socket.SendTo(_room.AsSpan(0, length), _route.Remote.ToEndPoint());

    public void OnRtcp(in RtcpPacket packet, long now)
    {
        RtcpReceived?.Invoke(packet, now);
        if (PictureLossIndication.TryParse(packet, out _)) KeyframeRequests++;
    }

    public void OnConnected(long now) => IsConnected = true;

    public void OnDisconnected(long now)
    {
    }

    public void OnReconnected(long now)
    {
    }

    public void OnClosed(WebRtcCloseReason reason, string? detail) => Closed = $"{reason} {detail}";

    public void OnRtp(in ReceivedRtp packet, long now) => RtpReceived?.Invoke(packet, now);

    public void OnRouteValidated(in Route route)
    {
    }

    public void OnRouteForgotten(in Route route)
    {
    }

    public void OnDeadlineChanged()
    {
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _http.Close();
        _session?.Dispose(); // says goodbye
        _socket.Dispose();
        _context.Dispose();
    }

    private async Task AnswerAsync()
    {
        HttpListenerContext http = await _http.GetContextAsync();
        using var reader = new StreamReader(http.Request.InputStream);
        string answer = Answer(await reader.ReadToEndAsync());
        http.Response.StatusCode = 201;
        http.Response.Headers["Location"] = "/whep/demo/1";
        http.Response.Headers["Access-Control-Allow-Origin"] = "*";
        await http.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer));
        http.Response.Close();
    }

    private static (SessionDescription Answer, Fingerprint Peer) AnswerViewer(SessionDescription offer, LocalPeer local)
    {
        var video = new SendableMedia(ImmutableArray.Create(Codec.H264, Codec.Vp8));
        var audio = new SendableMedia(ImmutableArray.Create(Codec.Opus));
        Assert.True(OfferAnswer.TryAnswerViewer(offer, audio, video, local, out ViewerNegotiation? negotiation, out _));
        return (negotiation!.Answer, negotiation.RemoteFingerprint);
    }

    private string Answer(string offerText)
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        IceCredentials credentials = IceCredentials.Create(0, random);
        int port = ((IPEndPoint)_socket.LocalEndPoint!).Port;
        IReadOnlyList<IceCandidate> candidates = new CandidateGatherer([], [_address], port).Gather(null);
        var local = new LocalPeer(credentials, candidates, _context.Certificate.Fingerprint, random);
        Assert.True(SdpReader.TryRead(offerText, out SessionDescription? offer, out _));
        (SessionDescription answer, Fingerprint peer) = _negotiate(offer!, local);
        var options = new WebRtcSessionOptions { Credentials = credentials, Dtls = _context, PeerFingerprint = peer };
        lock (_lock) _session = new WebRtcSession(options, this, this, _clock.Now);
        return SdpWriter.Write(answer);
    }

    private void Run()
    {
        byte[] buffer = new byte[2048];
        var local = TransportAddress.From((IPEndPoint)_socket.LocalEndPoint!);
        while (!_stopping)
        {
            EndPoint from = new IPEndPoint(IPAddress.Any, 0);
            int length = _socket.Poll(2000, SelectMode.SelectRead) ? _socket.ReceiveFrom(buffer, ref from) : 0;
            lock (_lock)
            {
                if (length > 0)
                    _session?.Receive(buffer.AsSpan(0, length), new Route(local, TransportAddress.From((IPEndPoint)from)), _clock.Now);
                _session?.Advance(_clock.Now);
                if (_session is not null) Advancing?.Invoke(_clock.Now);
            }
        }
    }
}
