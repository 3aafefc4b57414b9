using System.Collections.Immutable;
using Media;

namespace Protocols.Sdp;

/// <summary>Builds the answer to one publisher, from whom we receive.</summary>
internal sealed class PublisherAnswerBuilder(SessionDescription offer, LocalPeer local, ReceivableMedia media) : AnswerBuilder(offer, local)
{
    private const int MaxSources = 16;

    protected override SdpDirection UselessDirection => SdpDirection.ReceiveOnly;

    public ReceivedSection Accept(TakenSection taken)
    {
        MediaDescription section = taken.Section;
        // Without the extension nobody could tell the encodings apart: then one is sent, as without simulcast.
        byte ridId = IdOf(section, HeaderExtensionUri.Rid);
        ImmutableArray<string> rids = ridId == 0 ? [] : SimulcastStreams.Offered(section, media.MaxEncodings);
        var extensions = new ReceivedExtensionIds(
            IdOf(section, HeaderExtensionUri.Mid),
            rids.IsEmpty ? (byte)0 : ridId,
            rids.IsEmpty ? (byte)0 : IdOf(section, HeaderExtensionUri.RepairedRid),
            IdOf(section, HeaderExtensionUri.TransportCc),
            section.Kind == "audio" ? IdOf(section, HeaderExtensionUri.AudioLevel, mayBeAmbiguous: true) : (byte)0);
        MediaDescription answer = WithTransport(section, SdpDirection.ReceiveOnly);
        ImmutableArray<ReceivedCodec> codecs =
            [.. taken.Formats.Select(format => AddCodec(answer, section, format.Codec, format.Format, extensions.TransportCc))];
        AddRtxFormats(answer, codecs);
        AddExtension(answer, section, extensions.AudioLevel, HeaderExtensionUri.AudioLevel);
        AddExtension(answer, section, extensions.Mid, HeaderExtensionUri.Mid);
        AddExtension(answer, section, extensions.TransportCc, HeaderExtensionUri.TransportCc);
        AddExtension(answer, section, extensions.Rid, HeaderExtensionUri.Rid);
        AddExtension(answer, section, extensions.RepairedRid, HeaderExtensionUri.RepairedRid);
        // RFC 8853 §5.2: the same streams, seen from the other side
        foreach (string rid in rids) answer.Rids.Add(new SdpRid(rid, IsSend: false, ""));
        if (!rids.IsEmpty && section.Simulcast is not null) answer.Simulcast = "recv " + string.Join(';', rids);
        Take(section, answer);
        return new ReceivedSection
        {
            Mid = section.Mid!,
            Kind = section.Kind == "audio" ? MediaKind.Audio : MediaKind.Video,
            Codecs = codecs,
            Rids = rids,
            Extensions = extensions,
            Sources = SourcesOf(section),
            Msid = section.Msid,
            ReducedSizeRtcp = section.RtcpReducedSize,
        };
    }

    protected override bool Keeps(MediaDescription section) => media.KeepsSections;

    protected override bool IsReadable(int id) => base.IsReadable(id) || IsReadableInTwoByteForm(id);

    private static ReceivedCodec AddCodec(
        MediaDescription answer, MediaDescription section, Codec codec, SdpCodec format, byte transportCcId)
    {
        List<string> feedback = FeedbackOf(format, transportCcId);
        bool nack = feedback.Contains("nack");
        AddFormat(answer, format, ParametersOf(codec, format), feedback);
        return new ReceivedCodec
        {
            Codec = codec,
            PayloadType = format.PayloadType,
            ClockRate = format.ClockRate,
            Channels = codec.Kind() == MediaKind.Audio ? Math.Max(1, format.Channels) : 0,
            Parameters = format.Parameters,
            RtxPayloadType = nack ? CodecMatcher.RtxOf(section, format) : null,
            Nack = nack,
            Pli = feedback.Contains("nack pli"),
            Fir = feedback.Contains("ccm fir"),
            Remb = feedback.Contains("goog-remb"),
            TransportCc = feedback.Contains("transport-cc"),
        };
    }

    // Behind the codecs: the first formats of an answer are what is sent.
    private static void AddRtxFormats(MediaDescription answer, ImmutableArray<ReceivedCodec> codecs)
    {
        foreach (ReceivedCodec codec in codecs)
            if (codec.RtxPayloadType is { } rtx) AddRtx(answer, answer.CodecOf(codec.PayloadType)!, rtx);
    }

    private static void AddExtension(MediaDescription answer, MediaDescription section, byte id, string uri)
    {
        if (id == 0) return;
        bool isLimited = section.Extensions.Exists(extension => extension.Id == id && extension.Uri == uri && extension.Direction == SdpDirection.SendOnly);
        answer.Extensions.Add(new SdpHeaderExtension(id, uri, isLimited ? SdpDirection.ReceiveOnly : null));
    }

    // A receiver's fmtp is what it wants. Senders that say they have stereo are asked for it, since browsers send mono unasked.
    private static string ParametersOf(Codec codec, SdpCodec format)
    {
        if (codec != Codec.Opus || format.Parameter("sprop-stereo") != "1" || format.Parameter("stereo") is not null) return format.Parameters;
        return format.Parameters + ";stereo=1";
    }

    private static ImmutableArray<AnnouncedSource> SourcesOf(MediaDescription section)
    {
        var sources = new List<AnnouncedSource>();
        var grouped = new HashSet<uint>();
        foreach (SdpSourceGroup group in section.SourceGroups)
        {
            bool isRtx = group.Semantics == "FID" && group.Ssrcs.Count == 2;
            // What other groups repair with (FEC-FR) is no media of its own; SIM repeats what FID groups say.
            if (group.Semantics.StartsWith("FEC", StringComparison.Ordinal)) grouped.UnionWith(group.Ssrcs.Skip(1));
            if (!isRtx || !grouped.Add(group.Ssrcs[1])) continue;
            if (grouped.Add(group.Ssrcs[0])) sources.Add(new AnnouncedSource(group.Ssrcs[0], group.Ssrcs[1]));
        }

        foreach (SdpSource source in section.Sources)
            if (grouped.Add(source.Ssrc)) sources.Add(new AnnouncedSource(source.Ssrc, 0));
        return [.. sources.Take(MaxSources)];
    }
}
