using Media;
using Media.Rtp;
using Protocols.Rtcp;
using Protocols.Rtp;
using Protocols.Sdp;
using Rooms.Publishing;
using Rooms.Tracks;

namespace Ingest.WebRtc;

/// <summary>
/// Joins one encoding as it is received with the one that the room gets of it. Each new source and each change of codec
/// makes another: the room then goes on at a keyframe. Publication's loop.
/// </summary>
internal sealed class PublishedEncoding(IncomingEncoding incoming, PublicationWriter writer, Action<IncomingEncoding> requestKeyframe, bool isAnyEncoder = false)
    : IKeyframeSource
{
    private PacketEncoding? _outgoing;

    public IncomingEncoding Incoming { get; } = incoming;

    public PublicationWriter Writer { get; } = writer;

    public bool IsAnyEncoder => isAnyEncoder;

    public bool AnswersRequests => Incoming.CanAskForKeyframes;

    public void RequestKeyframe() => requestKeyframe(Incoming);

    /// <summary>Another source from now on, or none.</summary>
    public void Renew()
    {
        _outgoing?.Remove();
        _outgoing = null;
    }

    /// <summary>False: the publication is no longer this publisher's.</summary>
    public bool Write(in RtpPacket packet, ReceivedCodec codec)
    {
        if (_outgoing?.Format.Codec != codec.Codec) Renew();
        _outgoing ??= Writer.AddEncoding(FormatOf(codec), this, Incoming.Rid);
        return _outgoing.Write(packet);
    }

    public void OnSenderReport(in SenderInfo info) => _outgoing?.OnSenderReport(info.NtpTicks, info.RtpTimestamp);

    private static TrackFormat FormatOf(ReceivedCodec codec) => new()
    {
        Codec = codec.Codec,
        ClockRate = codec.ClockRate,
        Channels = codec.Codec.Kind() == MediaKind.Audio ? Math.Max(1, codec.Channels) : 0,
    };
}
