using Media;
using Media.Rtp;
using Media.Rtp.Payloads;
using Media.Scheduling;
using Rooms.Publishing;

namespace Rooms.Tracks;

/// <summary>
/// One encoding of a medium, and the way in for its packets: simulcast publishers have several of one picture. Its track
/// appears with its first packet. Publication's loop.
/// </summary>
public sealed class PacketEncoding
{
    /// <summary>The id of an encoding that has no name because it is the only one.</summary>
    public const string OnlyId = "1";

    private const long LiveWithin = 2 * MonotonicClock.TicksPerSecond;

    private readonly PublicationWriter _writer;
    private readonly KeyframeRequests _requests;
    private PublishedPacketTrack? _track;
    private long _newest = long.MinValue;   // timestamps of the publisher's
    private long _keyframe = long.MinValue;
    private readonly bool _isAnyEncoder;
    private bool _removed;

    internal PacketEncoding(PublicationWriter writer, TrackFormat format, IKeyframeSource source, string rid)
    {
        _writer = writer;
        Format = format;
        Rid = rid;
        AnswersKeyframeRequests = source.AnswersRequests;
        _isAnyEncoder = source.IsAnyEncoder;
        MediaLoop loop = writer.Publication.Loop;
        Statistics = new TrackStatistics(loop.Clock);
        Clock = new PacketClock(format.ClockRate);
        _requests = new KeyframeRequests(loop, source);
    }

    /// <summary>The publisher's name for it (RFC 8851); empty where it has none.</summary>
    public string Rid { get; }

    /// <summary>What the API and viewers call it: its rid, or <see cref="OnlyId"/>.</summary>
    public string Id => Rid.Length > 0 ? Rid : OnlyId;

    public TrackFormat Format { get; private set; }

    public TrackStatistics Statistics { get; }

    /// <summary>Its place among the track's encodings.</summary>
    public byte Index { get; internal set; }

    internal bool AnswersKeyframeRequests { get; }

    internal PacketNumbers Numbers { get; } = new();

    internal PacketClock Clock { get; }

    /// <summary>How much there is to see.</summary>
    internal long Pixels => Format.Video is { } video ? (long)video.Width * video.Height : 0;

    /// <summary>
    /// Takes one borrowed packet of the publisher's: payload without padding, sequence number and timestamp not wrapped,
    /// time of arrival. The payload may be changed in place. False: the publication is no longer this publisher's.
    /// </summary>
    public bool Write(in RtpPacket packet)
    {
        if (_removed || !_writer.IsCurrent) return false;
        if (_track is null)
        {
            if (packet.PayloadLength == 0) return true;
            _track = _writer.Publication.PacketTrackOf(Format);
            _track.Add(this);
        }

        PayloadInspector.TryInspect(Format.Codec, packet.Slice, out PayloadInfo info);
        // One mark for each keyframe, however many of its packets could be its first.
        bool startsKeyframe = info.StartsKeyframe && packet.Timestamp != _keyframe;
        if (startsKeyframe)
        {
            _keyframe = packet.Timestamp;
            _requests.Settle();
        }

        // Some senders have the parameter set that tells the size in the keyframe's second packet.
        if (info.StartsKeyframe) TakeProperties(packet);
        if (packet.PayloadLength > 0) Count(packet, startsKeyframe);
        _track.Write(this, packet with
        {
            StartsKeyframe = startsKeyframe,
            Encoding = Index,
            SpatialLayer = info.SpatialId,
            TemporalLayer = info.TemporalId,
        });
        return true;
    }

    /// <summary>The publisher says what its wall clock showed at one of this encoding's timestamps.</summary>
    /// <param name="wallClock">In ticks of 100 ns, from any beginning.</param>
    public void OnSenderReport(long wallClock, uint timestamp)
    {
        if (_newest == long.MinValue) return;
        long extended = SequenceNumber.ExtendTimestamp(timestamp, _newest);
        _writer.Clock.OnReport(Clock, Format.Kind == MediaKind.Audio, wallClock, extended);
        foreach (ChosenEncodingTrack chosen in _track!.Chosen)
            if (chosen.Current == this) _writer.Clock.OnReport(chosen.Clock, isSound: false, wallClock, extended);
    }

    /// <summary>Nothing of it comes any more.</summary>
    public void Remove()
    {
        if (_removed) return;
        _removed = true;
        _requests.Settle();
        _writer.Clock.Forget(Clock);
        foreach (ChosenEncodingTrack chosen in _track?.Chosen ?? [])
            if (chosen.Current == this) _writer.Clock.Forget(chosen.Clock);
        _track?.Remove(this);
    }

    internal bool IsLive(long now) => now - Statistics.LastFrameTime < LiveWithin;

    internal bool IsLargerThan(PacketEncoding other) =>
        Pixels != other.Pixels ? Pixels > other.Pixels : Statistics.Bitrate > other.Statistics.Bitrate;

    internal void RequestKeyframe()
    {
        if (!_removed) _requests.Request();
    }

    private void Count(in RtpPacket packet, bool startsKeyframe)
    {
        bool startsFrame = packet.Timestamp > _newest;
        if (startsFrame) _newest = packet.Timestamp;
        Statistics.CountPart(packet.PayloadLength, startsFrame, startsKeyframe && Format.Kind == MediaKind.Video);
    }

    private void TakeProperties(in RtpPacket packet)
    {
        if (Format.Kind != MediaKind.Video || KeyframeProperties.Read(Format.Codec, packet.Slice, _isAnyEncoder) is not { } video || video == Format.Video) return;
        Format = Format with { Version = Format.Version + 1, Video = video };
    }
}
