using Media;
using Media.Rtp;
using Media.Rtp.Payloads;
using Media.Scheduling;

namespace Rooms.Tracks;

/// <summary>
/// One stream made of a publisher's packets, which are passed on as they came: one encoding at a time, each from a
/// keyframe on, behind all that was passed on before.
/// </summary>
/// <remarks>
/// Numbers and times are made here, once for all takers, and so are the picture numbers in the payload after a change.
/// Packets without a payload end here. Late packets pass in the place that was kept for them.
/// </remarks>
public abstract class EncodingTrack : PacketTrack
{
    /// <summary>What is longer missing has not been asked for any more.</summary>
    private const int MostMissing = 512;

    /// <summary>A stream that was heard so lately tells best what time it is now.</summary>
    private const long Recently = MonotonicClock.TicksPerSecond;

    private readonly PictureNumbers _pictures;
    private readonly RepairTime _repairTime = new();
    private TrackFormat? _followed;
    private long _next;
    private long _newestTimestamp = long.MinValue;
    private long _newestArrival;

    private protected EncodingTrack(string id, Publication publication, TrackFormat format) : base(id, publication)
    {
        Format = format;
        _pictures = new PictureNumbers(format.Codec);
    }

    public override bool IsPassedOn => true;

    public override long RepairTime => _repairTime.At(Loop.Now);

    /// <summary>The one that is passed on; null while one is awaited.</summary>
    public PacketEncoding? Current { get; private protected set; }

    /// <summary>How the current encoding's numbers are mapped.</summary>
    private protected abstract PacketNumbers NumbersOf(PacketEncoding encoding);

    private protected abstract PacketClock ClockOf(PacketEncoding encoding);

    /// <summary>Whether the track goes over to that encoding, which has a keyframe now.</summary>
    private protected abstract bool MayTakeOver(PacketEncoding encoding);

    /// <summary>A packet came that nothing could be begun with.</summary>
    private protected abstract void OnAwaited(PacketEncoding encoding);

    /// <summary>A frame is the newest.</summary>
    private protected virtual void OnFrame(long mediaTime, long arrival)
    {
    }

    private protected virtual void OnFormatChanged(bool isNew)
    {
    }

    /// <summary>Takes a packet whose payload may be changed in place.</summary>
    private protected void Take(PacketEncoding encoding, in RtpPacket packet)
    {
        if (encoding != Current)
        {
            if (!packet.StartsKeyframe || packet.PayloadLength == 0 || !MayTakeOver(encoding))
            {
                if (Current is null) OnAwaited(encoding);
                return;
            }

            Begin(encoding, packet);
        }

        PacketNumbers numbers = NumbersOf(encoding);
        if (packet.PayloadLength == 0 && numbers.TrySwallow(packet.SequenceNumber)) return;
        if (!numbers.TryMap(packet.SequenceNumber, out long number)) return;
        long timestamp = ClockOf(encoding).Map(packet.Timestamp, packet.ArrivalTime);
        bool startsFrame = timestamp > _newestTimestamp;
        if (startsFrame)
        {
            (_newestTimestamp, _newestArrival) = (timestamp, packet.ArrivalTime);
            OnFrame(Timeline.ToTicks(timestamp, encoding.Format.ClockRate), packet.ArrivalTime);
        }

        if (packet.StartsKeyframe || !ReferenceEquals(encoding.Format, _followed)) FollowFormat(encoding);
        Statistics.CountPart(packet.PayloadLength, startsFrame, packet.StartsKeyframe && Format!.Kind == MediaKind.Video);
        _pictures.Apply(packet.Buffer.Array.AsSpan(packet.Offset, packet.Length));
        if (number + 1 < _next) NoteRepair(number, packet.ArrivalTime);
        _next = Math.Max(_next, number + 1);
        Dispatch(packet with { SequenceNumber = number, Timestamp = timestamp });
    }

    /// <summary>The packet behind it that came first showed that it was missing.</summary>
    private void NoteRepair(long number, long now)
    {
        long noticed = now;
        for (long later = number + 1; later < Math.Min(_next, number + MostMissing); later++)
            if (History.TryGet(later, out RtpPacket packet)) noticed = Math.Min(noticed, packet.ArrivalTime);
        _repairTime.OnLate(now - noticed, now);
    }

    /// <summary>The encoding's turn begins with this keyframe (audio: packet), behind all that was passed on.</summary>
    private void Begin(PacketEncoding encoding, in RtpPacket packet)
    {
        if (_next > 0) _pictures.BeginSource();
        Current = encoding;
        NumbersOf(encoding).Begin(packet.SequenceNumber, _next);
        long place = Timeline.FromTicks(Publication.Timeline.MediaTimeAt(packet.ArrivalTime), encoding.Format.ClockRate);
        if (TryPlace(packet.ArrivalTime, out long near)) place = near;
        ClockOf(encoding).Begin(packet.Timestamp, Math.Max(place, _newestTimestamp + 1), packet.ArrivalTime);
    }

    /// <summary>The time at which something that arrives now is, next to what the same publisher has just sent.</summary>
    private protected virtual bool TryPlace(long arrival, out long place)
    {
        place = _newestTimestamp + Timeline.FromTicks(arrival - _newestArrival, Format!.ClockRate);
        return _newestTimestamp != long.MinValue && arrival - _newestArrival < Recently;
    }

    private void FollowFormat(PacketEncoding encoding)
    {
        _followed = encoding.Format;
        bool isNew = Statistics.Frames == 0;
        if (!isNew && (encoding.Format.Video is null || Format!.Video == encoding.Format.Video)) return;
        Format = encoding.Format with { Version = isNew ? 0 : Format!.Version + 1 };
        OnFormatChanged(isNew);
    }
}
