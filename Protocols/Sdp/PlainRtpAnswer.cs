using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Media;
using Protocols.Net;

namespace Protocols.Sdp;

/// <summary>Writes where a sender of plain RTP has to send to.</summary>
public static class PlainRtpAnswer
{
    /// <param name="address">Ours, as the sender reaches it.</param>
    /// <param name="ports">The media port of each section that was taken; RTCP is on the next one.</param>
    public static SessionDescription Write(
        SessionDescription offer, ImmutableArray<PlainRtpSection> sections, IPAddress address, IReadOnlyList<int> ports, string origin)
    {
        ArgumentNullException.ThrowIfNull(offer);
        ArgumentNullException.ThrowIfNull(ports);
        string connection = $"IN {(TransportAddress.From(address, 0).IsIPv4 ? "IP4" : "IP6")} {address}";
        var answer = new SessionDescription { Origin = $"- {origin} 1 {connection}" };
        for (int i = 0; i < offer.Media.Count; i++)
        {
            MediaDescription media = offer.Media[i];
            int taken = IndexOf(sections, i);
            answer.Media.Add(taken < 0 ? Refused(media, connection) : Taken(media, sections[taken], connection, ports[taken]));
        }

        return answer;
    }

    private static int IndexOf(ImmutableArray<PlainRtpSection> sections, int index)
    {
        for (int i = 0; i < sections.Length; i++)
            if (sections[i].Index == index) return i;
        return -1;
    }

    private static MediaDescription Refused(MediaDescription media, string connection)
    {
        var answer = new MediaDescription { Kind = media.Kind, Port = 0, Protocol = media.Protocol, Mid = media.Mid, Connection = connection };
        answer.Formats.AddRange(media.Formats);
        return answer;
    }

    private static MediaDescription Taken(MediaDescription media, PlainRtpSection section, string connection, int port)
    {
        var answer = new MediaDescription
        {
            Kind = media.Kind, Port = port, Protocol = media.Protocol, Mid = media.Mid, Connection = connection,
            Direction = SdpDirection.ReceiveOnly, RtcpMux = section.RtcpMux, RtcpReducedSize = section.Received.ReducedSizeRtcp,
            Rtcp = section.RtcpMux ? null : (port + 1).ToString(CultureInfo.InvariantCulture),
        };
        foreach (ReceivedCodec codec in section.Received.Codecs)
        {
            Add(answer, media, codec.PayloadType, feedback: FeedbackOf(codec));
            if (codec.RtxPayloadType is { } rtx) Add(answer, media, rtx, []);
        }

        if (section.OwnKey is { } own) answer.Cryptos.Add(own.ToLine(section.CryptoTag));
        return answer;
    }

    private static void Add(MediaDescription answer, MediaDescription media, int payloadType, string[] feedback)
    {
        if (media.CodecOf(payloadType) is not { } offered || answer.CodecOf(payloadType) is not null) return;
        answer.Formats.Add(payloadType.ToString(CultureInfo.InvariantCulture));
        var codec = new SdpCodec
        {
            PayloadType = payloadType, Name = offered.Name, ClockRate = offered.ClockRate, Channels = offered.Channels, Parameters = offered.Parameters,
        };
        codec.Feedback.AddRange(feedback);
        answer.Codecs.Add(codec);
    }

    private static string[] FeedbackOf(ReceivedCodec codec) =>
        [.. new[] { (codec.Nack, "nack"), (codec.Pli, "nack pli"), (codec.Fir, "ccm fir") }.Where(pair => pair.Item1).Select(pair => pair.Item2)];
}
