using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Media;

namespace Protocols.Sdp;

/// <summary>
/// Reads what a sender of plain RTP says of its streams. One section of each kind is taken; the others are told that they
/// are not. The addresses in it are not read: tools write there where they send to.
/// </summary>
public static class PlainRtpOffer
{
    private static readonly ImmutableArray<Codec> s_audio = [Codec.Opus, Codec.Pcmu, Codec.Pcma];
    private static readonly ImmutableArray<Codec> s_video = [Codec.H264, Codec.H265, Codec.Vp8, Codec.Vp9, Codec.Av1];

    /// <summary>The sections that are taken, at least one; else why the description is of no use.</summary>
    public static bool TryRead(SessionDescription description, out ImmutableArray<PlainRtpSection> sections, out NegotiationFailure? failure)
    {
        ArgumentNullException.ThrowIfNull(description);
        var taken = ImmutableArray.CreateBuilder<PlainRtpSection>();
        NegotiationFailure? first = null;
        for (int i = 0; i < description.Media.Count; i++)
        {
            MediaDescription media = description.Media[i];
            if (media.Kind is not ("audio" or "video") || !IsToSend(description, media)) continue;
            if (taken.Any(section => section.Kind == KindOf(media))) continue;
            if (TryRead(media, i, out PlainRtpSection? section, out NegotiationFailure? why)) taken.Add(section!);
            else first ??= why;
        }

        sections = taken.ToImmutable();
        // A section that can't be taken spoils the whole only where nothing is left, or where it asks for protection.
        failure = sections.IsEmpty
            ? first ?? new NegotiationFailure(NegotiationError.NothingToSend, "No audio or video section says that it sends (port not 0, not recvonly or inactive).")
            : first?.Error == NegotiationError.BadCrypto ? first : null;
        return failure is null;
    }

    private static MediaKind KindOf(MediaDescription media) => media.Kind == "audio" ? MediaKind.Audio : MediaKind.Video;

    private static bool IsToSend(SessionDescription description, MediaDescription media) =>
        media.Port != 0 && description.DirectionOf(media) is SdpDirection.SendReceive or SdpDirection.SendOnly;

    private static bool TryRead(MediaDescription media, int index, out PlainRtpSection? section, out NegotiationFailure? failure)
    {
        section = null;
        if (!IsKnownProtocol(media.Protocol))
            return Fail(NegotiationError.BadProtocol, $"The {media.Kind} section is {media.Protocol}. Taken are RTP/AVP, RTP/AVPF, RTP/SAVP and RTP/SAVPF.", out failure);
        (ImmutableArray<ReceivedCodec> codecs, string? why) = CodecsOf(media);
        if (codecs.IsEmpty) return Fail(NegotiationError.NoCommonCodec, why!, out failure);

        SdesKey? key = null, own = null;
        SdpCrypto? picked = null;
        // FFmpeg writes RTP/AVP beside a key: who gives a key means it.
        if (media.Protocol.Contains("SAVP", StringComparison.Ordinal) || media.Cryptos.Count > 0)
        {
            if (!SdesKey.TryPick(media.Cryptos, out picked, out key, out string reason))
                return Fail(NegotiationError.BadCrypto, $"The {media.Kind} section can't be deciphered: {reason}.", out failure);
            own = SdesKey.Create(key!.Profile);
        }

        if (!TryReadRtcp(media.Rtcp, out RtcpDestination? rtcp))
            return Fail(NegotiationError.BadRtcp, $"a=rtcp of the {media.Kind} section is not \"PORT\" or \"PORT IN IP4 ADDRESS\".", out failure);
        failure = null;
        section = new PlainRtpSection
        {
            Index = index,
            Received = new ReceivedSection
            {
                Mid = media.Mid ?? index.ToString(CultureInfo.InvariantCulture),
                Kind = KindOf(media),
                Codecs = codecs,
                Extensions = default,
                ReducedSizeRtcp = media.RtcpReducedSize,
            },
            RtcpMux = media.RtcpMux,
            Rtcp = rtcp,
            Key = key,
            OwnKey = own,
            CryptoTag = picked?.Tag ?? 0,
            ParameterSets = SpropParameterSets.Of(media, codecs),
        };
        return true;
    }

    private static bool IsKnownProtocol(string protocol) => protocol is "RTP/AVP" or "RTP/AVPF" or "RTP/SAVP" or "RTP/SAVPF";

    // a=rtcp:53020 or a=rtcp:53020 IN IP4 126.16.64.4  RFC 3605 §2.1
    private static bool TryReadRtcp(string? value, out RtcpDestination? destination)
    {
        destination = null;
        if (value is null) return true;
        string[] fields = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is not (1 or 4) || !ushort.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) || port == 0) return false;
        IPAddress? address = null;
        if (fields.Length == 4 && !IPAddress.TryParse(fields[3], out address)) return false;
        bool isNamed = address is not null && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any);
        destination = new RtcpDestination(port, isNamed ? address : null);
        return true;
    }

    private static (ImmutableArray<ReceivedCodec> Codecs, string? Reason) CodecsOf(MediaDescription media)
    {
        ImmutableArray<Codec> known = media.Kind == "audio" ? s_audio : s_video;
        var codecs = ImmutableArray.CreateBuilder<ReceivedCodec>();
        string? refusal = null;
        foreach (SdpCodec format in media.Codecs)
            foreach (Codec codec in known)
            {
                if (!format.Is(codec.Name())) continue;
                if (WhyNot(codec, format) is { } why) refusal ??= $"{format}: {why}";
                else codecs.Add(Of(media, codec, format));
            }

        if (codecs.Count > 0) return (codecs.ToImmutable(), null);
        string names = string.Join(", ", known.Select(codec => codec.Name()));
        return ([], refusal is null
            ? $"The {media.Kind} section has {OfferedSections.Describe(media)}. Taken are {names}; a dynamic payload type needs its a=rtpmap line."
            : $"The {media.Kind} section has {refusal}. Taken are {names}.");
    }

    /// <summary>Null = it can be taken.</summary>
    private static string? WhyNot(Codec codec, SdpCodec format)
    {
        int rate = codec switch { Codec.Opus => 48_000, Codec.Pcmu or Codec.Pcma => 8_000, _ => 90_000 };
        if (format.ClockRate != rate) return $"the clock rate is not {rate}";
        return codec switch
        {
            Codec.H264 when format.NumericParameter("packetization-mode") is not (null or 0 or 1) => "packetization-mode is neither 0 nor 1",
            Codec.H265 when format.NumericParameter("sprop-max-don-diff") > 0 => "units out of order (sprop-max-don-diff) are not supported",
            Codec.Pcmu or Codec.Pcma when format.Channels > 1 => "more than one channel",
            Codec.Vp9 when format.NumericParameter("profile-id") > 0 => "only profile 0 is passed on",
            Codec.Av1 when format.NumericParameter("profile") > 0 => "only the main profile is passed on",
            _ => null,
        };
    }

    private static ReceivedCodec Of(MediaDescription media, Codec codec, SdpCodec format) => new()
    {
        Codec = codec,
        PayloadType = format.PayloadType,
        ClockRate = format.ClockRate,
        Channels = codec.Kind() == MediaKind.Audio ? Math.Max(1, format.Channels) : 0,
        Parameters = format.Parameters,
        Nack = format.Feedback.Contains("nack"),
        RtxPayloadType = format.Feedback.Contains("nack") ? CodecMatcher.RtxOf(media, format) : null,
        Pli = format.Feedback.Contains("nack pli"),
        Fir = format.Feedback.Contains("ccm fir"),
    };

    private static bool Fail(NegotiationError error, string detail, out NegotiationFailure? failure)
    {
        failure = new NegotiationFailure(error, detail);
        return false;
    }
}
