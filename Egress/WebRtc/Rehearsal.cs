using System.Buffers.Binary;
using System.Net;
using Media;
using Media.Buffers;
using Media.FFmpeg;
using Media.Scheduling;
using Protocols.Ice;
using Protocols.Net;
using Protocols.Sdp;
using Protocols.WebRtc;
using Rooms;
using Rooms.Publishing;

namespace Egress.WebRtc;

/// <summary>
/// Plays one viewer through, from the offer to the first pictures, before the first real one comes: in a house of its
/// own that nobody sees, over memory instead of a socket. What the first use of code and of libssl costs (a few hundred
/// milliseconds) is paid here and not by a person who waits. Lives on one loop, but for <see cref="RunAsync"/>.
/// </summary>
public sealed class Rehearsal : IDatagramSender, IPublisher
{
    /// <summary>Two reports, and pictures of two packets each from the cache: the viewer is there.</summary>
    private const int ConnectedPackets = 6;

    /// <summary>Live ones have come too.</summary>
    private const int EnoughPackets = 15;

    private const int Frames = 4;
    private const int FrameLength = 2000; // more than one packet

    private static readonly TrackFormat s_audio = new() { Codec = Codec.Opus, ClockRate = 48_000, Channels = 2 };
    private static readonly TrackFormat s_video = new()
    {
        Codec = Codec.H264, ClockRate = 90_000, Video = new VideoProperties(640, 360, 30, Profile: 66),
        ParameterSets = [[0x67, 0x42, 0xC0, 0x1F], [0x68, 0xCE, 0x3C, 0x80]],
    };

    private readonly MediaLoop _loop;
    private readonly RoomRegistry _rooms;
    private readonly WebRtcEgress _egress;
    private readonly SessionTable _sessions;
    private readonly InMemoryPeer _peer;
    private readonly Route _route = new(TransportAddress.From(IPAddress.Loopback, 9), TransportAddress.From(IPAddress.Loopback, 10));
    private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _reserved = [];
    private PublicationWriter? _writer;
    private int _written;

    private Rehearsal(WebRtcTransport transport, MediaLoop loop)
    {
        _loop = loop;
        _rooms = new RoomRegistry(new RoomsContext(new RoomOptions(), new RoomEvents(), FFmpegLibrary.Missing("not rehearsed")), [loop]);
        _sessions = new SessionTable(loop.Index);
        var stage = new LoopTransport(this, _sessions);
        _egress = new WebRtcEgress(_rooms, transport with { Of = _ => stage }, new WebRtcEgressOptions());
        _peer = InMemoryPeer.TryCreate(loop.Clock.UtcNow, transport.Random, SendToGateway)
            ?? throw new InvalidOperationException("There is no DTLS, so there is no transport either.");
    }

    /// <summary>Null = it went through; else what did not. The loop must be running.</summary>
    public static async Task<string?> RunAsync(WebRtcTransport transport, MediaLoop loop, TimeSpan patience)
    {
        ArgumentNullException.ThrowIfNull(loop);
        var rehearsal = new Rehearsal(transport, loop);
        try
        {
            return await rehearsal.PlayAsync().WaitAsync(patience, loop.Clock.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return $"only {rehearsal._peer.Received} packets came in {patience.TotalSeconds:0.#} s";
        }
        finally
        {
            rehearsal._rooms.Close();
            await loop.InvokeAsync(rehearsal._peer.Dispose).ConfigureAwait(false);
        }
    }

    Span<byte> IDatagramSender.Reserve(in Route route, int length) => _reserved = new byte[length];

    void IDatagramSender.Commit(int length)
    {
        byte[] datagram = _reserved;
        if (length > 0) _loop.Post(() => SendToPeer(datagram.AsSpan(0, length)));
    }

    void IPublisher.OnRemoved(CloseReason reason)
    {
        // The end of the rehearsal.
    }

    private async Task<string?> PlayAsync()
    {
        _writer = _rooms.Publish(new PublishRequest("rehearsal", "main", "rehearsal", ""), this).Writer!;
        WriteFrames();
        if (!SdpReader.TryRead(RehearsalOffer.Text(_peer), out SessionDescription offer, out string error)) return error;
        var request = new ViewerRequest("rehearsal", null, offer, "rehearsal", IPAddress.Loopback);
        ViewerAnswer answer = await _egress.SubscribeAsync(request).ConfigureAwait(false);
        if (answer is not { Viewer: { } viewer, Answer: { } description }) return answer.Detail;
        if (!SdpReader.TryRead(description.ToString(), out SessionDescription read, out error)) return error;
        MediaDescription media = read.Media[0];
        var remote = new IceCredentials(read.UfragOf(media)!, read.PasswordOf(media)!);
        await _loop.InvokeAsync(() => _peer.Connect(remote, read.FingerprintOf(media)!)).ConfigureAwait(false);
        await _enough.Task.ConfigureAwait(false);
        string? failure = _peer.Failure; // what comes after is the goodbye
        await _egress.CloseAsync(viewer.Id, CloseReason.Left).ConfigureAwait(false);
        return failure;
    }

    private void WriteFrames()
    {
        for (int end = _written + Frames; _written < end; _written++)
        {
            Write(_writer!, s_video, _written * 3000L, isKeyframe: _written == 0);
            Write(_writer!, s_audio, _written * 960L, isKeyframe: true);
        }
    }

    private static void Write(PublicationWriter writer, TrackFormat format, long time, bool isKeyframe)
    {
        int length = format.Kind == MediaKind.Video ? FrameLength : 100;
        PooledBuffer buffer = BufferPool.Shared.Rent(length);
        Span<byte> data = buffer.Span[..length];
        data.Clear();
        if (format.Kind == MediaKind.Video)
        {
            BinaryPrimitives.WriteInt32BigEndian(data, length - 4);
            data[4] = isKeyframe ? (byte)0x65 : (byte)0x41;
        }

        writer.Write(new MediaFrame(format, buffer, 0, length, time, time, isKeyframe));
        buffer.Dispose();
    }

    /// <summary>Posted, not called: a network is never faster than the turn that sends.</summary>
    private void SendToGateway(ReadOnlySpan<byte> datagram)
    {
        byte[] copy = datagram.ToArray();
        _loop.Post(() => _sessions.OnDatagram(copy, _route, _loop.Now));
    }

    private void SendToPeer(ReadOnlySpan<byte> datagram)
    {
        _peer.Receive(datagram, _loop.Now);
        if (_peer.Received >= ConnectedPackets && _written == Frames) WriteFrames();
        if (_peer.Received >= EnoughPackets || _peer.Failure is not null) _enough.TrySetResult();
    }
}
