using System.Text;

namespace TestKit.WebRtc;

/// <summary>Writes the offer of a client that only receives.</summary>
public static class WhepOffer
{
    public const int MidExtension = 4;
    public const int TransportCcExtension = 3;
    public const int PlayoutDelayExtension = 6;

    public static string Create(WebRtcTestPeer peer, WhepOfferOptions options)
    {
        ArgumentNullException.ThrowIfNull(peer);
        ArgumentNullException.ThrowIfNull(options);
        var mids = new List<int>();
        var sections = new StringBuilder();
        if (options.Audio) AddSection(sections, peer, options, mids, "audio", [("opus/48000/2", 111, "minptime=10;useinbandfec=1")]);
        if (options.Video) AddSection(sections, peer, options, mids, "video", VideoFormats(options));
        var offer = new StringBuilder();
        Line(offer, "v=0");
        Line(offer, "o=- 1 2 IN IP4 127.0.0.1");
        Line(offer, "s=-");
        Line(offer, "t=0 0");
        Line(offer, "a=group:BUNDLE " + string.Join(' ', mids));
        return offer.Append(sections).ToString();
    }

    private static List<(string Name, int PayloadType, string Parameters)> VideoFormats(WhepOfferOptions options)
    {
        var formats = new List<(string, int, string)>();
        int payloadType = 96;
        foreach (string codec in options.VideoCodecs)
        {
            string parameters = codec.Equals("H264", StringComparison.OrdinalIgnoreCase)
                ? $"level-asymmetry-allowed=1;packetization-mode=1;profile-level-id={options.H264ProfileLevelId}"
                : "";
            formats.Add((codec + "/90000", payloadType, parameters));
            if (options.Rtx) formats.Add(("rtx/90000", payloadType + 1, $"apt={payloadType}"));
            payloadType += 2;
        }

        return formats;
    }

    private static void AddSection(
        StringBuilder offer, WebRtcTestPeer peer, WhepOfferOptions options, List<int> mids, string kind,
        List<(string Name, int PayloadType, string Parameters)> formats)
    {
        int mid = mids.Count;
        mids.Add(mid);
        Line(offer, $"m={kind} 9 UDP/TLS/RTP/SAVPF " + string.Join(' ', formats.Select(f => f.PayloadType)));
        Line(offer, "c=IN IP4 0.0.0.0");
        Line(offer, $"a=ice-ufrag:{peer.UsernameFragment}");
        Line(offer, $"a=ice-pwd:{peer.Password}");
        Line(offer, "a=ice-options:trickle");
        Line(offer, $"a=fingerprint:{peer.Fingerprint}");
        Line(offer, "a=setup:actpass");
        Line(offer, $"a=mid:{mid}");
        Line(offer, $"a=extmap:{MidExtension} urn:ietf:params:rtp-hdrext:sdes:mid");
        if (options.TransportCc)
            Line(offer, $"a=extmap:{TransportCcExtension} http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01");
        if (options.PlayoutDelay && kind == "video")
            Line(offer, $"a=extmap:{PlayoutDelayExtension} http://www.webrtc.org/experiments/rtp-hdrext/playout-delay");
        Line(offer, "a=recvonly");
        Line(offer, "a=rtcp-mux");
        Line(offer, "a=rtcp-rsize");
        foreach ((string name, int payloadType, string parameters) in formats)
        {
            Line(offer, $"a=rtpmap:{payloadType} {name}");
            if (parameters.Length > 0) Line(offer, $"a=fmtp:{payloadType} {parameters}");
            if (name.StartsWith("rtx", StringComparison.Ordinal)) continue;
            if (options.TransportCc) Line(offer, $"a=rtcp-fb:{payloadType} transport-cc");
            if (kind != "video") continue;
            Line(offer, $"a=rtcp-fb:{payloadType} ccm fir");
            Line(offer, $"a=rtcp-fb:{payloadType} nack");
            Line(offer, $"a=rtcp-fb:{payloadType} nack pli");
        }
    }

    private static void Line(StringBuilder offer, string line) => offer.Append(line).Append("\r\n");
}
