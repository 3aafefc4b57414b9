using Media;

namespace Protocols.Sdp;

/// <summary>Builds the answer to one viewer, who receives what we send.</summary>
internal sealed class ViewerAnswerBuilder : AnswerBuilder
{
    private readonly string _streamId;
    private readonly HashSet<uint> _usedSsrcs = [];

    public ViewerAnswerBuilder(SessionDescription offer, LocalPeer local)
        : base(offer, local)
    {
        _streamId = RandomText();
        Cname = RandomText();
        foreach (SdpSource source in offer.Media.SelectMany(section => section.Sources)) _usedSsrcs.Add(source.Ssrc);
    }

    public string Cname { get; }

    protected override SdpDirection UselessDirection => SdpDirection.SendOnly;

    public NegotiatedTrack Accept(ChosenSection chosen)
    {
        (MediaDescription section, Codec codec, SdpCodec format) = chosen;
        HeaderExtensionIds extensions = ExtensionsOf(section);
        List<string> feedback = FeedbackOf(format, extensions.TransportCc);
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
        Take(section, SectionFor(section, track, format, feedback));
        return track;
    }

    private MediaDescription SectionFor(MediaDescription section, NegotiatedTrack track, SdpCodec format, List<string> feedback)
    {
        MediaDescription answer = WithTransport(section, SdpDirection.SendOnly);
        answer.Msid = $"{_streamId} {section.Kind}";
        answer.ReceiverRoundTrip = section.ReceiverRoundTrip;
        AddFormat(answer, format, track.Parameters, feedback);
        if (track.RtxPayloadType is { } rtx) AddRtx(answer, format, rtx);
        AddExtension(answer, track.Extensions.Mid, HeaderExtensionUri.Mid);
        AddExtension(answer, track.Extensions.AbsSendTime, HeaderExtensionUri.AbsSendTime);
        AddExtension(answer, track.Extensions.TransportCc, HeaderExtensionUri.TransportCc);
        AddExtension(answer, track.Extensions.PlayoutDelay, HeaderExtensionUri.PlayoutDelay);
        AddSources(answer, track);
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

    private static void AddExtension(MediaDescription answer, byte id, string uri)
    {
        if (id != 0) answer.Extensions.Add(new SdpHeaderExtension(id, uri));
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
}
