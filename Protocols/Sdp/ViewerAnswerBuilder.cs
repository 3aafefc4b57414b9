using System.Buffers.Binary;
using System.Globalization;
using Media;

namespace Protocols.Sdp;

/// <summary>Builds one answer: a section for each of the offer, those that were accepted in the BUNDLE group.</summary>
internal sealed class ViewerAnswerBuilder
{
    // RFC 8829 §5.3.1: the port when candidates say the rest
    private const int DiscardPort = 9;

    // What we can make use of, in the order of the answer
    private static readonly string[] SupportedFeedback = ["goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"];

    private readonly SessionDescription _offer;
    private readonly LocalPeer _local;
    private readonly string _streamId;
    private readonly HashSet<int> _ambiguousIds;
    private readonly Dictionary<MediaDescription, MediaDescription> _accepted = [];
    private readonly HashSet<uint> _usedSsrcs = [];

    public ViewerAnswerBuilder(SessionDescription offer, LocalPeer local)
    {
        _offer = offer;
        _local = local;
        _streamId = RandomText();
        Cname = RandomText();
        _ambiguousIds = AmbiguousIds(offer);
        foreach (SdpSource source in offer.Media.SelectMany(section => section.Sources)) _usedSsrcs.Add(source.Ssrc);
    }

    public string Cname { get; }

    public NegotiatedTrack Accept(ChosenSection chosen)
    {
        (MediaDescription section, Codec codec, SdpCodec format) = chosen;
        HeaderExtensionIds extensions = ExtensionsOf(section);
        List<string> feedback = FeedbackOf(format, extensions);
        bool nack = feedback.Contains("nack");
        int? rtx = nack ? CodecMatcher.RtxOf(section, format) : null;
        var track = new NegotiatedTrack
        {
            Mid = section.Mid!,
            Codec = codec,
            PayloadType = format.PayloadType,
            ClockRate = format.ClockRate,
            RtxPayloadType = rtx,
            Ssrc = NewSsrc(),
            RtxSsrc = rtx is null ? 0 : NewSsrc(),
            Extensions = extensions,
            Parameters = ParametersOf(codec, format),
            Nack = nack,
            Pli = feedback.Contains("nack pli"),
            Fir = feedback.Contains("ccm fir"),
            Remb = feedback.Contains("goog-remb"),
            TransportCc = feedback.Contains("transport-cc"),
            ReducedSizeRtcp = section.RtcpReducedSize,
        };
        _accepted[section] = SectionFor(section, track, format, feedback);
        return track;
    }

    public SessionDescription Build()
    {
        var answer = new SessionDescription
        {
            // The session id is 63 bits, the version stays (RFC 8829 §5.2.1).
            Origin = string.Create(CultureInfo.InvariantCulture, $"- {RandomNumber() >> 1} 1 IN IP4 0.0.0.0"),
            IceLite = true,
            IceOptions = "trickle",
            ExtmapAllowMixed = _offer.ExtmapAllowMixed,
            MsidSemantic = "WMS *",
        };
        foreach (MediaDescription section in _offer.Media)
        {
            MediaDescription made = _accepted.TryGetValue(section, out MediaDescription? accepted) ? accepted
                : CarriesTransport(section) ? Inactive(section)
                : Rejected(section);
            answer.Media.Add(made);
        }

        // In the order of the offer's group, whose first section is the one that the transport is named after.
        answer.Bundle = _offer.Bundle?.Where(mid => answer.Media.Exists(made => made.Mid == mid && made.IsActive)).ToList();

        return answer;
    }

    private MediaDescription SectionFor(MediaDescription section, NegotiatedTrack track, SdpCodec format, List<string> feedback)
    {
        MediaDescription answer = WithTransport(section, SdpDirection.SendOnly);
        answer.Msid = $"{_streamId} {section.Kind}";
        AddFormat(answer, format, track.Parameters, feedback);
        if (track.RtxPayloadType is { } rtx)
            AddFormat(answer, new SdpCodec { PayloadType = rtx, Name = "rtx", ClockRate = track.ClockRate }, $"apt={track.PayloadType}", []);
        AddExtension(answer, track.Extensions.Mid, HeaderExtensionUri.Mid);
        AddExtension(answer, track.Extensions.AbsSendTime, HeaderExtensionUri.AbsSendTime);
        AddExtension(answer, track.Extensions.TransportCc, HeaderExtensionUri.TransportCc);
        AddExtension(answer, track.Extensions.PlayoutDelay, HeaderExtensionUri.PlayoutDelay);
        AddSources(answer, track);
        return answer;
    }

    private MediaDescription WithTransport(MediaDescription section, SdpDirection direction)
    {
        var answer = new MediaDescription
        {
            Kind = section.Kind,
            Port = DiscardPort,
            Protocol = section.Protocol,
            Mid = section.Mid,
            Direction = direction,
            IceUfrag = _local.Credentials.UsernameFragment,
            IcePassword = _local.Credentials.Password,
            Fingerprint = _local.Fingerprint,
            Setup = DtlsSetup.Passive,
            RtcpMux = true,
            RtcpReducedSize = section.RtcpReducedSize,
            EndOfCandidates = true,
        };
        answer.Candidates.AddRange(_local.Candidates);
        return answer;
    }

    // The first section of the group carries the transport of all. With bundlePolicy "max-bundle" the others have none of
    // their own, and Chromium refuses an answer that rejects that section ("Failed to setup RTCP mux"). Answered as
    // inactive it makes no track either, which is what a rejection is for. With "balanced" the sections that are
    // accepted have ports of their own, and the rejection works.
    private bool CarriesTransport(MediaDescription section) =>
        section.IsActive && section.RtcpMux && section.Codecs.Count > 0
        && _offer.Bundle is { Count: > 1 } bundle && bundle[0] == section.Mid
        && _accepted.Keys.All(accepted => accepted.Candidates.Count == 0 && (accepted.Port is 0 or DiscardPort));

    private MediaDescription Inactive(MediaDescription section)
    {
        MediaDescription answer = WithTransport(section, SdpDirection.Inactive);
        AddFormat(answer, section.Codecs[0], section.Codecs[0].Parameters, []);
        return answer;
    }

    private void AddSources(MediaDescription answer, NegotiatedTrack track)
    {
        if (track.RtxSsrc != 0) answer.SourceGroups.Add(new SdpSourceGroup("FID", [track.Ssrc, track.RtxSsrc]));
        AddSource(answer, track.Ssrc);
        if (track.RtxSsrc != 0) AddSource(answer, track.RtxSsrc);
    }

    private void AddSource(MediaDescription answer, uint ssrc)
    {
        answer.Sources.Add(new SdpSource(ssrc, "cname", Cname));
        answer.Sources.Add(new SdpSource(ssrc, "msid", answer.Msid!));
    }

    private static void AddFormat(MediaDescription answer, SdpCodec format, string parameters, List<string> feedback)
    {
        var codec = new SdpCodec
        {
            PayloadType = format.PayloadType,
            Name = format.Name,
            ClockRate = format.ClockRate,
            Channels = format.Channels,
            Parameters = parameters,
        };
        codec.Feedback.AddRange(feedback);
        answer.Codecs.Add(codec);
        answer.Formats.Add(format.PayloadType.ToString(CultureInfo.InvariantCulture));
    }

    private static void AddExtension(MediaDescription answer, byte id, string uri)
    {
        if (id != 0) answer.Extensions.Add(new SdpHeaderExtension(id, uri));
    }

    // RFC 3264 §6: port 0; the format list must not be empty.
    private static MediaDescription Rejected(MediaDescription section)
    {
        var answer = new MediaDescription { Kind = section.Kind, Port = 0, Protocol = section.Protocol, Mid = section.Mid };
        answer.Formats.Add(section.Formats.Count > 0 ? section.Formats[0] : "0");
        if (section.Codecs.Count == 0) return answer;
        answer.Direction = SdpDirection.Inactive;
        SdpCodec first = section.Codecs[0];
        answer.Codecs.Add(new SdpCodec { PayloadType = first.PayloadType, Name = first.Name, ClockRate = first.ClockRate, Channels = first.Channels });
        return answer;
    }

    private HeaderExtensionIds ExtensionsOf(MediaDescription section)
    {
        byte transportCc = IdOf(section, HeaderExtensionUri.TransportCc);
        return new HeaderExtensionIds(
            section.Mid!.Length <= 16 ? IdOf(section, HeaderExtensionUri.Mid) : (byte)0,
            transportCc,
            // Only the estimator of a receiver without transport feedback reads it.
            transportCc == 0 ? IdOf(section, HeaderExtensionUri.AbsSendTime) : (byte)0,
            section.Kind == "video" ? IdOf(section, HeaderExtensionUri.PlayoutDelay) : (byte)0);
    }

    private byte IdOf(MediaDescription section, string uri)
    {
        foreach (SdpHeaderExtension extension in section.Extensions)
        {
            // The direction is the offerer's: what it only sends, we can't send (RFC 8285 §5).
            if (extension.Uri != uri || extension.Direction is SdpDirection.SendOnly or SdpDirection.Inactive) continue;
            bool isUsable = extension.Id is >= 1 and <= 14 && !_ambiguousIds.Contains(extension.Id);
            return isUsable ? (byte)extension.Id : (byte)0;
        }

        return 0;
    }

    // One id must mean one thing on one transport (RFC 9143 §14); aiortc's offers break that.
    private static HashSet<int> AmbiguousIds(SessionDescription offer)
    {
        var meanings = new Dictionary<int, string>();
        var ambiguous = new HashSet<int>();
        foreach (SdpHeaderExtension extension in offer.Media.SelectMany(section => section.Extensions))
            if (!meanings.TryAdd(extension.Id, extension.Uri) && meanings[extension.Id] != extension.Uri) ambiguous.Add(extension.Id);
        return ambiguous;
    }

    private static List<string> FeedbackOf(SdpCodec format, HeaderExtensionIds extensions) =>
    [
        .. SupportedFeedback.Where(name => format.Feedback.Contains(name) && (name != "transport-cc" || extensions.TransportCc != 0)),
    ];

    // A receiver's fmtp is what it wants; answered as it is, it says that this is what it gets.
    private static string ParametersOf(Codec codec, SdpCodec format)
    {
        if (codec != Codec.Opus || format.Parameter("stereo") != "1" || format.Parameter("sprop-stereo") is not null) return format.Parameters;
        return format.Parameters + ";sprop-stereo=1";
    }

    private uint NewSsrc()
    {
        uint ssrc;
        do ssrc = (uint)RandomNumber();
        while (ssrc == 0 || !_usedSsrcs.Add(ssrc));
        return ssrc;
    }

    private ulong RandomNumber()
    {
        Span<byte> bytes = stackalloc byte[8];
        _local.Random.GetBytes(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    private string RandomText() => RandomNumber().ToString("x16", CultureInfo.InvariantCulture);
}
