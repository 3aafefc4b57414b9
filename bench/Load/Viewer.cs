using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using Bench.Shared;
using Media.Rtp;
using Protocols.Ice;
using Protocols.Sdp;
using Protocols.Srtp;
using Protocols.WebRtc;

namespace Bench.Load;

/// <summary>One viewer: WHEP, ICE, DTLS, then packets in and feedback out, as a browser sends it. Its loop's lock only.</summary>
internal sealed class Viewer : IDisposable
{
    private const long CheckInterval = 50 * TimeSpan.TicksPerMillisecond;
    private const long ConsentInterval = 2500 * TimeSpan.TicksPerMillisecond;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly InMemoryPeer _peer;
    private readonly bool _decrypts;
    private readonly ViewerFeedback _feedback;
    private readonly List<double> _latencies = [];
    private long _nextCheck = long.MaxValue;
    private bool _hasCandidate;

    public Viewer(RandomNumberGenerator random, bool isGcm, bool decrypts)
    {
        SrtpProfile profile = isGcm ? SrtpProfile.AeadAes128Gcm : SrtpProfile.Aes128CmSha1Tag80;
        _peer = InMemoryPeer.TryCreate(DateTimeOffset.UtcNow, random, Send, [profile]) ?? throw new InvalidOperationException("There is no DTLS on this machine.");
        _decrypts = decrypts;
        _peer.Decrypts = decrypts;
        _peer.RtpReceived += OnRtp;
        _feedback = new ViewerFeedback(_peer);
        _socket.ReceiveBufferSize = 2 << 20;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    }

    public int Descriptor => (int)_socket.Handle;

    public bool IsConnected => _peer.IsConnected;

    public string? Failure => _peer.Failure;

    /// <summary>Ticks from the request to the first packet that may flow; 0 = not yet.</summary>
    public long ConnectTime { get; private set; }

    public long StartedAt { get; private set; }

    public long Packets => _feedback.Packets;

    public long Lost => _feedback.Lost;

    /// <summary>Microseconds from the sender to here, of those who decrypt.</summary>
    public IReadOnlyList<double> Latencies => _latencies;

    /// <summary>Forgets what was counted before.</summary>
    public void BeginCounting()
    {
        _latencies.Clear();
        _feedback.BeginCounting();
    }

    public string Offer(bool isAudio) => ViewerOffer.Text(
        _peer.Credentials.UsernameFragment, _peer.Credentials.Password, _peer.Fingerprint.ToString(), audio: isAudio, video: !isAudio);

    /// <summary>Signalling; the loop does the rest.</summary>
    public async Task<SessionDescription> AskAsync(HttpClient http, Uri url, bool isAudio)
    {
        StartedAt = ViewerLoop.Now;
        using var content = new StringContent(Offer(isAudio), new MediaTypeHeaderValue("application/sdp"));
        using HttpResponseMessage response = await http.PostAsync(url, content);
        string text = await response.Content.ReadAsStringAsync();
        if (response.StatusCode != HttpStatusCode.Created) throw new InvalidOperationException($"{url}: {(int)response.StatusCode} {text}");
        return SdpReader.TryRead(text, out SessionDescription answer, out string error) ? answer : throw new InvalidOperationException(error);
    }

    public void Connect(SessionDescription answer)
    {
        MediaDescription media = answer.Media.First(section => section.Port != 0);
        string line = answer.ToString().Split('\n').First(text => text.StartsWith("a=candidate:", StringComparison.Ordinal) && text.Contains(" udp ", StringComparison.OrdinalIgnoreCase));
        string[] fields = line.Split(' ');
        _socket.Connect(IPAddress.Parse(fields[4]), int.Parse(fields[5], CultureInfo.InvariantCulture));
        _hasCandidate = true;
        _peer.Connect(new IceCredentials(answer.UfragOf(media)!, answer.PasswordOf(media)!), answer.FingerprintOf(media)!);
        _nextCheck = ViewerLoop.Now + CheckInterval;
    }

    public void Receive(ReadOnlySpan<byte> datagram, long now)
    {
        _peer.Receive(datagram, now);
        if (ConnectTime == 0 && _peer.IsConnected) ConnectTime = now - StartedAt;
    }

    public void Advance(long now)
    {
        if (!_hasCandidate) return;
        if (now >= _nextCheck)
        {
            _peer.Check();
            _nextCheck = now + (_peer.IsConnected ? ConsentInterval : CheckInterval);
        }

        if (now >= _peer.NextDeadline) _peer.Advance(now);
        if (_peer.IsConnected) _feedback.Advance(now);
    }

    public void Dispose()
    {
        if (_peer.IsConnected) _peer.Close();
        _peer.Dispose();
        _socket.Dispose();
    }

    private void Send(ReadOnlySpan<byte> datagram)
    {
        try
        {
            _socket.Send(datagram);
        }
        catch (SocketException)
        {
            // An ICMP error of an earlier one: like a loss.
        }
    }

    private void OnRtp(ReadOnlySpan<byte> packet)
    {
        if (!RtpHeader.TryParse(packet, out RtpHeader header)) return;
        long now = ViewerLoop.Now;
        if (header.PayloadType is ViewerOffer.H264 or ViewerOffer.Opus) _feedback.OnPacket(header, packet, now);
        if (_decrypts && header.TryGetPayload(packet, out ReadOnlySpan<byte> payload) && Stamp.TryRead(payload, out long sent))
            _latencies.Add((now - sent) / (double)TimeSpan.TicksPerMicrosecond);
    }
}

/// <summary>
/// The time of sending in a payload: a mark at its ninth byte, then sixteen bytes with a half byte each of nanoseconds, so
/// that no start code can come about.
/// </summary>
internal static class Stamp
{
    public const int End = 28;

    private const int Offset = 8;
    private const int Digits = 16;
    private const uint Mark = 0xC35AC35A;

    public static void Write(Span<byte> payload, long ticks)
    {
        BinaryPrimitives.WriteUInt32BigEndian(payload[Offset..], Mark);
        ulong value = (ulong)ticks * 100;
        for (int i = Digits - 1; i >= 0; i--, value >>= 4) payload[Offset + 4 + i] = (byte)(0xA0 | (value & 15));
    }

    public static bool TryRead(ReadOnlySpan<byte> payload, out long ticks)
    {
        ticks = 0;
        if (payload.Length < End || BinaryPrimitives.ReadUInt32BigEndian(payload[Offset..]) != Mark) return false;
        ulong value = 0;
        for (int i = 0; i < Digits; i++) value = (value << 4) | (payload[Offset + 4 + i] & 15u);
        ticks = (long)(value / 100);
        return true;
    }
}
