using System.Collections.Immutable;
using Media;

namespace Protocols.Sdp;

/// <summary>Builds the answer to a peer that receives what we send.</summary>
internal sealed class ViewerAnswerBuilder : AnswerBuilder
{
    private readonly HashSet<uint> _usedSsrcs = [];
    private readonly bool _keeps;

    /// <param name="cname">Null = a new one.</param>
    /// <param name="keepsSections">Sections in which nothing is sent stay, for another offer to use.</param>
    public ViewerAnswerBuilder(SessionDescription offer, LocalPeer local, string? cname = null, bool keepsSections = false)
        : base(offer, local)
    {
        _keeps = keepsSections;
        Cname = cname ?? RandomText();
        foreach (SdpSource source in offer.Media.SelectMany(section => section.Sources)) _usedSsrcs.Add(source.Ssrc);
    }

    public string Cname { get; }

    protected override SdpDirection UselessDirection => SdpDirection.SendOnly;

    public string NewStreamId() => RandomText();

    /// <summary>A new track in the section.</summary>
    public SentSection Accept(MediaDescription section, ImmutableArray<(Codec Codec, SdpCodec Format)> formats, string streamId, string? trackId = null)
    {
        HeaderExtensionIds extensions = ExtensionsOf(section);
        ImmutableArray<SentFormat> sent = [.. formats.Select(format => FormatOf(section, format.Codec, format.Format, extensions))];
        var made = new SentSection
        {
            Mid = section.Mid!,
            Kind = section.Kind == "audio" ? MediaKind.Audio : MediaKind.Video,
            StreamId = streamId,
            TrackId = trackId ?? RandomText(),
            Ssrc = NewSsrc(),
            RtxSsrc = sent.Any(format => format.RtxPayloadType is not null) ? NewSsrc() : 0,
            Extensions = extensions,
            Formats = sent,
            ReducedSizeRtcp = section.RtcpReducedSize,
        };
        Repeat(section, made);
        return made;
    }

    /// <summary>Whether the section can go on as it was: all that its packets are made of still means the same.</summary>
    public bool CanRepeat(MediaDescription section, SentSection before)
    {
        if (ExtensionsOf(section) != before.Extensions) return false;
        foreach (SentFormat format in before.Formats)
        {
            if (section.CodecOf(format.PayloadType) is not { } offered || !offered.Is(format.Codec.Name())) return false;
            if (offered.ClockRate != format.ClockRate) return false;
            if (format.RtxPayloadType is { } rtx && CodecMatcher.RtxOf(section, offered) != rtx) return false;
        }

        return true;
    }

    /// <summary>Answers the section as it was answered before.</summary>
    public void Repeat(MediaDescription section, SentSection sent)
    {
        _usedSsrcs.Add(sent.Ssrc);
        _usedSsrcs.Add(sent.RtxSsrc);
        MediaDescription answer = WithTransport(section, SdpDirection.SendOnly);
        answer.Msid = sent.Msid;
        answer.ReceiverRoundTrip = section.ReceiverRoundTrip;
        foreach (SentFormat format in sent.Formats)
            AddFormat(answer, section.CodecOf(format.PayloadType)!, format.Parameters, [.. format.Feedback]);
        // Behind the codecs: the first formats of an answer are what is sent.
        foreach (SentFormat format in sent.Formats)
            if (format.RtxPayloadType is { } rtx) AddRtx(answer, section.CodecOf(format.PayloadType)!, rtx);
        AddExtension(answer, sent.Extensions.Mid, HeaderExtensionUri.Mid);
        AddExtension(answer, sent.Extensions.AbsSendTime, HeaderExtensionUri.AbsSendTime);
        AddExtension(answer, sent.Extensions.TransportCc, HeaderExtensionUri.TransportCc);
        AddExtension(answer, sent.Extensions.PlayoutDelay, HeaderExtensionUri.PlayoutDelay);
        AddSources(answer, sent);
        Take(section, answer);
    }

    protected override bool Keeps(MediaDescription section) => _keeps;

    private static SentFormat FormatOf(MediaDescription section, Codec codec, SdpCodec format, HeaderExtensionIds extensions)
    {
        List<string> feedback = FeedbackOf(format, extensions.TransportCc);
        return new SentFormat
        {
            Codec = codec,
            PayloadType = format.PayloadType,
            ClockRate = format.ClockRate,
            RtxPayloadType = feedback.Contains("nack") ? CodecMatcher.RtxOf(section, format) : null,
            Parameters = ParametersOf(codec, format),
            Feedback = [.. feedback],
        };
    }

    private void AddSources(MediaDescription answer, SentSection sent)
    {
        if (sent.RtxSsrc != 0) answer.SourceGroups.Add(new SdpSourceGroup("FID", [sent.Ssrc, sent.RtxSsrc]));
        AddSource(answer, sent.Ssrc);
        if (sent.RtxSsrc != 0) AddSource(answer, sent.RtxSsrc);
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
