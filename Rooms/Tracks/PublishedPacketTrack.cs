using System.Collections.Immutable;
using Media;
using Media.Rtp;
using Media.Rtp.Payloads;

namespace Rooms.Tracks;

/// <summary>
/// A track as its publisher sends it, in packets that are passed on as they came. Takers see one stream of one numbering
/// and one time, whatever encodings and publishers follow each other behind it; each change happens at a keyframe. Of
/// several encodings the largest live one is passed on.
/// </summary>
/// <remarks>
/// Numbers and times are made here, once for all takers, and so are the picture numbers in the payload after a change.
/// Packets without a payload end here. Late packets pass in the place that was kept for them.
/// </remarks>
public sealed class PublishedPacketTrack : PacketTrack
{
    /// <summary>What is longer missing has not been asked for any more.</summary>
    private const int MostMissing = 512;

    private readonly PictureNumbers _pictures;
    private readonly RepairTime _repairTime = new();
    private PacketEncoding? _current;
    private long _next;
    private long _newestTimestamp = long.MinValue;

    internal PublishedPacketTrack(string id, Publication publication, TrackFormat format) : base(id, publication)
    {
        Format = format;
        _pictures = new PictureNumbers(format.Codec);
    }

    public override bool IsPublished => true;

    /// <summary>It came by WebRTC, so it can go by WebRTC.</summary>
    public override BrowserCompatibility Compatibility => BrowserCompatibility.Forwarded;

    public override bool AnswersKeyframeRequests => Format!.Kind == MediaKind.Video && !Encodings.IsEmpty;

    public override long RepairTime => _repairTime.At(Loop.Now);

    public ImmutableArray<PacketEncoding> Encodings { get; private set; } = [];

    /// <summary>The one that is passed on; null while a publisher is awaited.</summary>
    public PacketEncoding? Current => _current;

    public override void RequestKeyframe()
    {
        if (_current is not null) _current.RequestKeyframe();
        else foreach (PacketEncoding encoding in Encodings) encoding.RequestKeyframe();
    }

    internal void Add(PacketEncoding encoding)
    {
        int index = 0;
        while (Encodings.Any(other => other.Index == index)) index++;
        encoding.Index = (byte)index;
        Encodings = Encodings.Add(encoding);
    }

    internal void Remove(PacketEncoding encoding)
    {
        Encodings = Encodings.Remove(encoding);
        if (_current != encoding) return;
        _current = null;
        RequestKeyframe(); // of those that are left
    }

    internal void Write(PacketEncoding encoding, in RtpPacket packet)
    {
        if (encoding != _current)
        {
            if (!packet.StartsKeyframe || packet.PayloadLength == 0 || !MayTakeOver(encoding))
            {
                if (_current is null) encoding.RequestKeyframe();
                return;
            }

            Begin(encoding, packet);
        }

        if (packet.PayloadLength == 0 && encoding.Numbers.TrySwallow(packet.SequenceNumber)) return;
        if (!encoding.Numbers.TryMap(packet.SequenceNumber, out long number)) return;
        long timestamp = encoding.Clock.Map(packet.Timestamp, packet.ArrivalTime);
        bool startsFrame = timestamp > _newestTimestamp;
        if (startsFrame)
        {
            _newestTimestamp = timestamp;
            Publication.Timeline.Observe(Timeline.ToTicks(timestamp, encoding.Format.ClockRate), packet.ArrivalTime);
        }

        if (packet.StartsKeyframe) FollowFormat(encoding);
        Statistics.CountPart(packet.PayloadLength, startsFrame, packet.StartsKeyframe && Format!.Kind == MediaKind.Video);
        _pictures.Apply(packet.Buffer.Array.AsSpan(packet.Offset, packet.Length));
        if (number + 1 < _next) NoteRepair(number, packet.ArrivalTime);
        _next = Math.Max(_next, number + 1);
        Dispatch(packet with { SequenceNumber = number, Timestamp = timestamp });
    }

    /// <summary>Once a second: asks for a keyframe where another encoding is the largest now.</summary>
    internal void Tick()
    {
        if (Encodings.Length < 2 || Best() is not { } best || best == _current) return;
        best.RequestKeyframe();
    }

    internal override void OnPublisherChanged()
    {
        ImmutableArray<PacketEncoding> gone = Encodings;
        Encodings = [];
        _current = null;
        foreach (PacketEncoding encoding in gone) encoding.Remove();
    }

    protected override void OnClosing(CloseReason reason)
    {
        OnPublisherChanged();
        base.OnClosing(reason);
    }

    /// <summary>The packet behind it that came first showed that it was missing.</summary>
    private void NoteRepair(long number, long now)
    {
        long noticed = now;
        for (long later = number + 1; later < Math.Min(_next, number + MostMissing); later++)
            if (History.TryGet(later, out RtpPacket packet)) noticed = Math.Min(noticed, packet.ArrivalTime);
        _repairTime.OnLate(now - noticed, now);
    }

    private bool MayTakeOver(PacketEncoding encoding) => _current is null || encoding == Best();

    private PacketEncoding? Best()
    {
        PacketEncoding? best = null;
        long now = Loop.Now;
        foreach (PacketEncoding encoding in Encodings)
            if (encoding.IsLive(now) && (best is null || IsLarger(encoding, best))) best = encoding;
        return best;
    }

    private static bool IsLarger(PacketEncoding encoding, PacketEncoding other) =>
        encoding.Pixels != other.Pixels ? encoding.Pixels > other.Pixels : encoding.Statistics.Bitrate > other.Statistics.Bitrate;

    /// <summary>The encoding's turn begins with this keyframe (audio: packet), behind all that was passed on.</summary>
    private void Begin(PacketEncoding encoding, in RtpPacket packet)
    {
        if (_next > 0) _pictures.BeginSource();
        _current = encoding;
        encoding.Numbers.Begin(packet.SequenceNumber, _next);
        long place = Timeline.FromTicks(Publication.Timeline.MediaTimeAt(packet.ArrivalTime), encoding.Format.ClockRate);
        encoding.Clock.Begin(packet.Timestamp, Math.Max(place, _newestTimestamp + 1), packet.ArrivalTime);
    }

    private void FollowFormat(PacketEncoding encoding)
    {
        bool isNew = Statistics.Frames == 0;
        if (!isNew && (encoding.Format.Video is null || Format!.Video == encoding.Format.Video)) return;
        Format = encoding.Format with { Version = isNew ? 0 : Format!.Version + 1 };
        Publication.OnTrackChanged(this, isNew);
    }
}
