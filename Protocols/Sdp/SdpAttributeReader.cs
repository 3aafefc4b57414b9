using System.Globalization;
using Protocols.Ice;

namespace Protocols.Sdp;

/// <summary>Reads one <c>a=</c> line into the section it stands in, or into the session before the first section.</summary>
internal static class SdpAttributeReader
{
    private delegate bool SectionAttribute(ReadOnlySpan<char> value, MediaDescription media);

    private static readonly Dictionary<string, SectionAttribute> SectionAttributes = new()
    {
        ["mid"] = static (value, media) => (media.Mid = value.ToString()).Length > 0,
        ["rtcp"] = static (value, media) => (media.Rtcp = value.ToString()).Length > 0,
        ["crypto"] = Crypto,
        ["rtcp-mux"] = static (_, media) => media.RtcpMux = true,
        ["rtcp-rsize"] = static (_, media) => media.RtcpReducedSize = true,
        ["rtcp-xr"] = static (value, media) =>
        {
            media.ReceiverRoundTrip |= value.Contains("rcvr-rtt", StringComparison.Ordinal);
            return true;
        },
        ["bundle-only"] = static (_, media) => media.BundleOnly = true,
        ["end-of-candidates"] = static (_, media) => media.EndOfCandidates = true,
        ["msid"] = static (value, media) => (media.Msid = value.ToString()).Length > 0,
        ["simulcast"] = static (value, media) => (media.Simulcast = value.ToString()).Length > 0,
        ["rtpmap"] = RtpMap,
        ["fmtp"] = FormatParameters,
        ["rtcp-fb"] = Feedback,
        ["extmap"] = Extension,
        ["ssrc"] = Source,
        ["ssrc-group"] = SourceGroup,
        ["rid"] = Rid,
        ["candidate"] = Candidate,
    };

    /// <summary>False where the line is broken in a way that would make us guess; an unknown attribute is skipped.</summary>
    public static bool TryRead(ReadOnlySpan<char> line, SessionDescription session, MediaDescription? media)
    {
        int colon = line.IndexOf(':');
        ReadOnlySpan<char> name = colon < 0 ? line : line[..colon];
        ReadOnlySpan<char> value = colon < 0 ? [] : line[(colon + 1)..].Trim();
        if (TransportAttribute(name, value, session, media, out bool isGood)) return isGood;
        if (media is null) return SessionAttribute(name, value, session);
        return !SectionAttributes.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out SectionAttribute? read) || read(value, media);
    }

    // Those that may stand in the session for all sections, or in a section for itself.
    private static bool TransportAttribute(
        ReadOnlySpan<char> name, ReadOnlySpan<char> value, SessionDescription session, MediaDescription? media, out bool isGood)
    {
        isGood = true;
        switch (name)
        {
            case "ice-ufrag":
                isGood = IceCredentials.IsFragment(value);
                if (media is null) session.IceUfrag = value.ToString();
                else media.IceUfrag = value.ToString();
                return true;
            case "ice-pwd":
                isGood = IceCredentials.IsPassword(value);
                if (media is null) session.IcePassword = value.ToString();
                else media.IcePassword = value.ToString();
                return true;
            case "fingerprint":
                // One with a hash that we don't take is as good as none.
                if (!Fingerprint.TryParse(value, out Fingerprint? fingerprint)) return true;
                if (media is null) session.Fingerprint ??= fingerprint;
                else media.Fingerprint ??= fingerprint;
                return true;
            case "setup":
                DtlsSetup? setup = SetupOf(value);
                if (media is null) session.Setup = setup;
                else media.Setup = setup;
                return true;
            case "sendrecv" or "sendonly" or "recvonly" or "inactive":
                if (media is null) session.Direction = DirectionOf(name);
                else media.Direction = DirectionOf(name);
                return true;
            default:
                return false;
        }
    }

    private static bool SessionAttribute(ReadOnlySpan<char> name, ReadOnlySpan<char> value, SessionDescription session)
    {
        switch (name)
        {
            case "group":
                return Group(value, session);
            case "ice-lite":
                session.IceLite = true;
                return true;
            case "ice-options":
                session.IceOptions = value.ToString();
                return true;
            case "extmap-allow-mixed":
                session.ExtmapAllowMixed = true;
                return true;
            case "msid-semantic":
                session.MsidSemantic = value.ToString();
                return true;
            default:
                return true;
        }
    }

    // a=group:BUNDLE 0 1; the reader looks at how many they are
    private static bool Group(ReadOnlySpan<char> value, SessionDescription session)
    {
        if (session.Bundle is not null || !value.StartsWith("BUNDLE", StringComparison.OrdinalIgnoreCase)) return true;
        List<string> mids = [];
        ReadOnlySpan<char> rest = value["BUNDLE".Length..];
        foreach (Range range in rest.Split(' '))
        {
            if (rest[range].IsEmpty) continue;
            mids.Add(rest[range].ToString());
        }

        session.Bundle = mids;
        return true;
    }

    // a=rtpmap:111 opus/48000/2
    private static bool RtpMap(ReadOnlySpan<char> value, MediaDescription media)
    {
        if (!TryCodec(ref value, media, out SdpCodec? codec)) return false;
        if (codec is null) return true;
        Span<Range> fields = stackalloc Range[3];
        int count = value.Split(fields, '/');
        if (count < 2 || !TryNumber(value[fields[1]], out int clockRate) || clockRate <= 0) return false;
        codec.Name = value[fields[0]].Trim().ToString();
        codec.ClockRate = clockRate;
        codec.Channels = count == 3 && TryNumber(value[fields[2]], out int channels) ? channels : 0;
        return codec.Name.Length > 0;
    }

    // a=fmtp:102 packetization-mode=1;profile-level-id=42001f
    private static bool FormatParameters(ReadOnlySpan<char> value, MediaDescription media)
    {
        if (!TryCodec(ref value, media, out SdpCodec? codec)) return false;
        if (codec is not null) codec.Parameters = value.ToString();
        return true;
    }

    // a=rtcp-fb:96 nack pli, or a=rtcp-fb:* nack pli
    private static bool Feedback(ReadOnlySpan<char> value, MediaDescription media)
    {
        if (value.StartsWith("* ", StringComparison.Ordinal))
        {
            foreach (SdpCodec each in media.Codecs) AddFeedback(each, value[2..].Trim());
            return true;
        }

        if (!TryCodec(ref value, media, out SdpCodec? codec)) return false;
        if (codec is not null) AddFeedback(codec, value);
        return true;
    }

    private static void AddFeedback(SdpCodec codec, ReadOnlySpan<char> value)
    {
        if (codec.Feedback.Count < SdpReader.MaxListLength) codec.Feedback.Add(value.ToString());
    }

    // a=extmap:6/recvonly uri [attributes]
    private static bool Extension(ReadOnlySpan<char> value, MediaDescription media)
    {
        Span<Range> fields = stackalloc Range[3];
        if (value.Split(fields, ' ', StringSplitOptions.RemoveEmptyEntries) < 2) return false;
        ReadOnlySpan<char> id = value[fields[0]];
        int slash = id.IndexOf('/');
        SdpDirection? direction = slash < 0 ? null : DirectionOf(id[(slash + 1)..]);
        if (slash >= 0) id = id[..slash];
        if (!TryNumber(id, out int number) || number == 0) return false;
        return Add(media.Extensions, new SdpHeaderExtension(number, value[fields[1]].ToString(), direction));
    }

    // a=ssrc:1216657709 cname:gw2+3jwTMpRltFcQ
    private static bool Source(ReadOnlySpan<char> value, MediaDescription media)
    {
        int space = value.IndexOf(' ');
        ReadOnlySpan<char> id = space < 0 ? value : value[..space];
        if (!TrySsrc(id, out uint ssrc)) return false;
        ReadOnlySpan<char> attribute = space < 0 ? [] : value[(space + 1)..].Trim();
        int colon = attribute.IndexOf(':');
        return colon < 0
            ? Add(media.Sources, new SdpSource(ssrc, attribute.ToString(), ""))
            : Add(media.Sources, new SdpSource(ssrc, attribute[..colon].ToString(), attribute[(colon + 1)..].ToString()));
    }

    // a=ssrc-group:FID 3788456907 2552716067
    private static bool SourceGroup(ReadOnlySpan<char> value, MediaDescription media)
    {
        string? semantics = null;
        List<uint> members = [];
        foreach (Range range in value.Split(' '))
        {
            ReadOnlySpan<char> field = value[range];
            if (field.IsEmpty) continue;
            if (semantics is null) semantics = field.ToString();
            else if (members.Count == SdpReader.MaxListLength || !TrySsrc(field, out uint ssrc)) return false;
            else members.Add(ssrc);
        }

        return semantics is not null && Add(media.SourceGroups, new SdpSourceGroup(semantics, members));
    }

    // a=rid:h send pt=97;max-width=1280
    private static bool Rid(ReadOnlySpan<char> value, MediaDescription media)
    {
        Span<Range> fields = stackalloc Range[3];
        int count = value.Split(fields, ' ', StringSplitOptions.RemoveEmptyEntries);
        if (count < 2) return false;
        bool isSend = value[fields[1]].SequenceEqual("send");
        if (!isSend && !value[fields[1]].SequenceEqual("recv")) return false;
        return Add(media.Rids, new SdpRid(value[fields[0]].ToString(), isSend, count == 3 ? value[fields[2]].ToString() : ""));
    }

    // a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:KEY [session parameters]  RFC 4568 §9.2
    private static bool Crypto(ReadOnlySpan<char> value, MediaDescription media)
    {
        Span<Range> fields = stackalloc Range[4];
        int count = value.Split(fields, ' ', StringSplitOptions.RemoveEmptyEntries);
        if (count < 3 || !TryNumber(value[fields[0]], out int tag)) return false;
        string parameters = count == 4 ? value[fields[3]].ToString() : "";
        return Add(media.Cryptos, new SdpCrypto(tag, value[fields[1]].ToString(), value[fields[2]].ToString(), parameters));
    }

    // A candidate of a kind that we don't know (another transport) harms nobody: a lite agent needs none.
    private static bool Candidate(ReadOnlySpan<char> value, MediaDescription media) =>
        !IceCandidate.TryParse(value, out IceCandidate? candidate) || Add(media.Candidates, candidate!);

    /// <summary>Takes the payload type off the front. A codec that the m= line does not list is null, and skipped.</summary>
    private static bool TryCodec(ref ReadOnlySpan<char> value, MediaDescription media, out SdpCodec? codec)
    {
        codec = null;
        int space = value.IndexOf(' ');
        if (space < 0 || !TryNumber(value[..space], out int payloadType)) return false;
        value = value[(space + 1)..].Trim();
        codec = media.CodecOf(payloadType);
        return true;
    }

    private static bool Add<T>(List<T> list, T item)
    {
        if (list.Count >= SdpReader.MaxListLength) return false;
        list.Add(item);
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static bool TrySsrc(ReadOnlySpan<char> text, out uint value) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static DtlsSetup? SetupOf(ReadOnlySpan<char> value) => value switch
    {
        "actpass" => DtlsSetup.ActPass,
        "active" => DtlsSetup.Active,
        "passive" => DtlsSetup.Passive,
        "holdconn" => DtlsSetup.HoldConnection,
        _ => null,
    };

    private static SdpDirection? DirectionOf(ReadOnlySpan<char> value) => value switch
    {
        "sendrecv" => SdpDirection.SendReceive,
        "sendonly" => SdpDirection.SendOnly,
        "recvonly" => SdpDirection.ReceiveOnly,
        "inactive" => SdpDirection.Inactive,
        _ => null,
    };
}
