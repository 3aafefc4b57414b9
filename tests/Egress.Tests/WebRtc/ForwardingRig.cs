using System.Buffers.Binary;
using Egress.WebRtc;
using Media;
using Media.Scheduling;
using Rooms;
using Rooms.Publishing;
using Rooms.Tracks;
using TestKit;

namespace Egress.Tests.WebRtc;

/// <summary>One viewer's video or audio behind a fake source on a stepped clock; it remembers what was sent.</summary>
internal sealed class ForwardingRig : IRtpOutput, IForwardedTrackListener
{
    public const int FrameTicks = 3000; // 30 frames a second

    private readonly byte[] _buffer = new byte[2048];
    private readonly LoopTimer _timer;
    private ushort _transportNumber = 500;

    public ForwardingRig(
        FastStartOptions? options = null, RtpStreamParameters? parameters = null, MediaKind kind = MediaKind.Video,
        TestRoom? room = null, int seed = 1)
    {
        Room = room ?? new TestRoom();
        Writer = Room.Publish(name: $"source{seed}").Writer!;
        Publication = Writer.Publication;
        Track = new FakePacketTrack(kind.ToString(), Publication, Room.Pool, TestRoom.VideoFormat);
        Parameters = parameters ?? Video;
        Stream = new OutgoingStream(Parameters, this, new Random(seed));
        Forwarded = new ForwardedTrack(kind, Stream, options ?? FastStartOptions.Default, this);
        _timer = Room.Test.Loop.CreateTimer(now =>
        {
            Forwarded.Advance(now);
            OnDeadlineChanged();
        });
    }

    public static RtpStreamParameters Video { get; } = new(0x1111, 96, 90_000, 0x2222, 97)
    {
        Extensions = new RtpHeaderExtensions { TransportSequenceId = 3 },
    };

    public TestRoom Room { get; }

    public PublicationWriter Writer { get; }

    public Publication Publication { get; }

    public FakePacketTrack Track { get; }

    public RtpStreamParameters Parameters { get; }

    public OutgoingStream Stream { get; }

    public ForwardedTrack Forwarded { get; }

    public List<SentPacket> Sent { get; } = [];

    public List<CloseReason> Closed { get; } = [];

    /// <summary>What the viewer is offered where the group is too long.</summary>
    public PacketTrack? Fresh { get; set; }

    public int GroupsTooLong { get; private set; }

    public bool IsBlocked { get; set; }

    public bool Records { get; set; } = true;

    public long Now => Room.Test.Now;

    /// <summary>The media time of the next frame in real time.</summary>
    public long Timestamp { get; private set; } = 900_000;

    public IEnumerable<SentPacket> Media => Sent.Where(packet => packet.Ssrc == Parameters.Ssrc);

    public void Advance(double milliseconds) => Room.Test.AdvanceMilliseconds(milliseconds);

    /// <summary>Writes frames in real time, one each 33 1/3 ms.</summary>
    public void Play(int frames, int packetsPerFrame = 1, int? keyframeEvery = null)
    {
        for (int i = 0; i < frames; i++)
        {
            Track.WriteFrame(Timestamp, packetsPerFrame, keyframeEvery is { } every && i % every == 0);
            Timestamp += FrameTicks;
            Room.Test.Advance(TimeSpan.FromTicks(TimeSpan.TicksPerSecond / 30));
        }
    }

    /// <summary>A group of so many frames whose keyframe came first, then the viewer connects.</summary>
    public void JoinAfter(int frames, int packetsPerFrame = 1)
    {
        Forwarded.Attach(Track, Now);
        Play(frames, packetsPerFrame, keyframeEvery: int.MaxValue);
        Forwarded.Start(Now);
    }

    public Span<byte> Reserve(int length) => IsBlocked ? default : _buffer.AsSpan(0, length);

    public void Commit(int length)
    {
        if (Records) Sent.Add(SentPacket.Parse(_buffer.AsSpan(0, length), Now, Parameters));
    }

    public ushort NextTransportSequenceNumber() => _transportNumber++;

    public void OnDeadlineChanged()
    {
        if (Forwarded.NextDeadline == long.MaxValue) _timer.Cancel();
        else _timer.Set(Forwarded.NextDeadline);
    }

    public void OnGroupTooLong(ForwardedTrack track, PacketTrack source)
    {
        GroupsTooLong++;
        track.Bridge(source, Fresh, Now);
    }

    public void OnSourceClosed(ForwardedTrack track, CloseReason reason) => Closed.Add(reason);
}

/// <param name="Source">The source's number of the packet, from its payload.</param>
internal sealed record SentPacket(
    long Time, byte PayloadType, bool Marker, ushort SequenceNumber, uint Timestamp, uint Ssrc, ushort TransportNumber,
    ushort OriginalNumber, long Source, byte[] Bytes)
{
    public static SentPacket Parse(ReadOnlySpan<byte> packet, long now, RtpStreamParameters parameters)
    {
        byte[] bytes = packet.ToArray();
        bool extended = (bytes[0] & 0x10) != 0;
        int header = extended ? 16 + (4 * BinaryPrimitives.ReadUInt16BigEndian(packet[14..])) : 12;
        uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);
        bool rtx = parameters.HasRtx && ssrc == parameters.RtxSsrc;
        ReadOnlySpan<byte> payload = packet[(header + (rtx ? 2 : 0))..];
        return new SentPacket(
            now, (byte)(bytes[1] & 0x7F), bytes[1] >= 0x80, BinaryPrimitives.ReadUInt16BigEndian(packet[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(packet[4..]), ssrc,
            extended ? BinaryPrimitives.ReadUInt16BigEndian(packet[17..]) : (ushort)0,
            rtx ? BinaryPrimitives.ReadUInt16BigEndian(packet[header..]) : (ushort)0,
            BinaryPrimitives.ReadInt64BigEndian(payload), bytes);
    }
}
