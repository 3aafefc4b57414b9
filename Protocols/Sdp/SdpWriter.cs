using System.Globalization;
using System.Text;
using Protocols.Ice;

namespace Protocols.Sdp;

/// <summary>Writes SDP text (RFC 8866) with CRLF line ends.</summary>
public static class SdpWriter
{
    public static string Write(SessionDescription session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var text = new StringBuilder(4096);
        Line(text, $"v=0");
        Line(text, $"o={session.Origin}");
        Line(text, $"s=-");
        Line(text, $"t=0 0");
        if (session.IceLite) Line(text, $"a=ice-lite");
        if (session.Bundle is { Count: > 0 } bundle) Line(text, $"a=group:BUNDLE {string.Join(' ', bundle)}");
        if (session.ExtmapAllowMixed) Line(text, $"a=extmap-allow-mixed");
        if (session.IceOptions is not null) Line(text, $"a=ice-options:{session.IceOptions}");
        if (session.MsidSemantic is not null) Line(text, $"a=msid-semantic: {session.MsidSemantic}");
        if (session.Direction is { } direction) Line(text, $"a={NameOf(direction)}");
        WriteTransport(text, session.IceUfrag, session.IcePassword, session.Fingerprint, session.Setup);
        foreach (MediaDescription media in session.Media) WriteMedia(text, media);
        return text.ToString();
    }

    private static void WriteMedia(StringBuilder text, MediaDescription media)
    {
        Line(text, $"m={media.Kind} {media.Port} {media.Protocol} {string.Join(' ', media.Formats)}");
        Line(text, $"c={media.Connection ?? "IN IP4 0.0.0.0"}");
        foreach (IceCandidate candidate in media.Candidates) Line(text, $"a={candidate}");
        if (media.EndOfCandidates) Line(text, $"a=end-of-candidates");
        WriteTransport(text, media.IceUfrag, media.IcePassword, media.Fingerprint, media.Setup);
        if (media.Mid is not null) Line(text, $"a=mid:{media.Mid}");
        foreach (SdpHeaderExtension extension in media.Extensions) WriteExtension(text, extension);
        if (media.Direction is { } direction) Line(text, $"a={NameOf(direction)}");
        if (media.Msid is not null) Line(text, $"a=msid:{media.Msid}");
        if (media.BundleOnly) Line(text, $"a=bundle-only");
        if (media.Rtcp is not null) Line(text, $"a=rtcp:{media.Rtcp}");
        if (media.RtcpMux) Line(text, $"a=rtcp-mux");
        if (media.RtcpReducedSize) Line(text, $"a=rtcp-rsize");
        if (media.ReceiverRoundTrip) Line(text, $"a=rtcp-xr:rcvr-rtt=all");
        foreach (SdpCrypto crypto in media.Cryptos) Line(text, $"a=crypto:{crypto.Tag} {crypto.Suite} {crypto.KeyParameters}");
        foreach (SdpCodec codec in media.Codecs) WriteCodec(text, codec);
        foreach (SdpSourceGroup group in media.SourceGroups) Line(text, $"a=ssrc-group:{group.Semantics} {string.Join(' ', group.Ssrcs)}");
        foreach (SdpSource source in media.Sources) WriteSource(text, source);
        foreach (SdpRid rid in media.Rids) Line(text, $"{$"a=rid:{rid.Id} {(rid.IsSend ? "send" : "recv")} {rid.Restrictions}".TrimEnd()}");
        if (media.Simulcast is not null) Line(text, $"a=simulcast:{media.Simulcast}");
    }

    private static void WriteTransport(
        StringBuilder text, string? ufrag, string? password, Fingerprint? fingerprint, DtlsSetup? setup)
    {
        if (ufrag is not null) Line(text, $"a=ice-ufrag:{ufrag}");
        if (password is not null) Line(text, $"a=ice-pwd:{password}");
        if (fingerprint is not null) Line(text, $"a=fingerprint:{fingerprint}");
        if (setup is { } side) Line(text, $"a=setup:{NameOf(side)}");
    }

    private static void WriteExtension(StringBuilder text, SdpHeaderExtension extension)
    {
        string direction = extension.Direction is { } limited ? "/" + NameOf(limited) : "";
        Line(text, $"a=extmap:{extension.Id}{direction} {extension.Uri}");
    }

    private static void WriteCodec(StringBuilder text, SdpCodec codec)
    {
        if (codec.Name.Length > 0)
        {
            string channels = codec.Channels > 1 ? string.Create(CultureInfo.InvariantCulture, $"/{codec.Channels}") : "";
            Line(text, $"a=rtpmap:{codec.PayloadType} {codec.Name}/{codec.ClockRate}{channels}");
        }

        foreach (string feedback in codec.Feedback) Line(text, $"a=rtcp-fb:{codec.PayloadType} {feedback}");
        if (codec.Parameters.Length > 0) Line(text, $"a=fmtp:{codec.PayloadType} {codec.Parameters}");
    }

    private static void WriteSource(StringBuilder text, SdpSource source)
    {
        string value = source.Value.Length > 0 ? ":" + source.Value : "";
        Line(text, $"{$"a=ssrc:{source.Ssrc} {source.Attribute}{value}".TrimEnd()}");
    }

    private static void Line(StringBuilder text, [System.Runtime.CompilerServices.InterpolatedStringHandlerArgument(nameof(text))] ref StringBuilder.AppendInterpolatedStringHandler line) =>
        text.Append(ref line).Append("\r\n");

    private static string NameOf(SdpDirection direction) => direction switch
    {
        SdpDirection.SendReceive => "sendrecv",
        SdpDirection.SendOnly => "sendonly",
        SdpDirection.ReceiveOnly => "recvonly",
        _ => "inactive",
    };

    private static string NameOf(DtlsSetup setup) => setup switch
    {
        DtlsSetup.Active => "active",
        DtlsSetup.Passive => "passive",
        DtlsSetup.HoldConnection => "holdconn",
        _ => "actpass",
    };
}
