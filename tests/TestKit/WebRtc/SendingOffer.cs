using System.Text;

namespace TestKit.WebRtc;

/// <summary>A section of an offer to send.</summary>
/// <param name="Kind">audio or video.</param>
/// <param name="Direction">As written; a stopped one is inactive.</param>
/// <param name="Rids">Names of simulcast encodings; empty = one without a name.</param>
public sealed record SendingSection(string Mid, string Kind, string Direction = "sendonly", string Codec = "VP8", params string[] Rids);

/// <summary>Writes the offers of one peer connection that sends in sections that come and go, as a browser does.</summary>
public static class SendingOffer
{
    public const int AudioLevelExtension = 1;
    public const int RidExtension = 5;

    private const string TransportCc = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

    public static string Create(WebRtcTestPeer peer, params SendingSection[] sections)
    {
        ArgumentNullException.ThrowIfNull(peer);
        ArgumentNullException.ThrowIfNull(sections);
        var offer = new StringBuilder();
        Write(offer, "v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", $"a=group:BUNDLE {string.Join(' ', sections.Select(section => section.Mid))}");
        foreach (SendingSection section in sections)
        {
            string types = section.Kind == "audio" ? $"{WhipOffer.OpusType}" : $"{WhipOffer.VideoType} {WhipOffer.VideoType + 1}";
            Write(offer, $"m={section.Kind} 9 UDP/TLS/RTP/SAVPF {types}", "c=IN IP4 0.0.0.0", $"a=mid:{section.Mid}", $"a={section.Direction}");
            Write(offer, "a=rtcp-mux", "a=rtcp-rsize", "a=setup:actpass", $"a=fingerprint:{peer.Fingerprint}");
            Write(offer, $"a=ice-ufrag:{peer.UsernameFragment}", $"a=ice-pwd:{peer.Password}", $"a=extmap:{WhipOffer.TransportCcExtension} {TransportCc}");
            Write(offer, $"a=extmap:{WhipOffer.MidExtension} urn:ietf:params:rtp-hdrext:sdes:mid", $"a=msid:stream {section.Mid}");
            if (section.Kind == "audio") WriteAudio(offer);
            else WriteVideo(offer, section);
        }

        return offer.ToString();
    }

    private static void WriteAudio(StringBuilder offer) => Write(
        offer, $"a=extmap:{AudioLevelExtension} urn:ietf:params:rtp-hdrext:ssrc-audio-level", $"a=rtpmap:{WhipOffer.OpusType} opus/48000/2");

    private static void WriteVideo(StringBuilder offer, SendingSection section)
    {
        const int type = WhipOffer.VideoType;
        Write(offer, $"a=rtpmap:{type} {section.Codec}/90000", $"a=rtpmap:{type + 1} rtx/90000", $"a=fmtp:{type + 1} apt={type}");
        Write(offer, $"a=rtcp-fb:{type} transport-cc", $"a=rtcp-fb:{type} nack", $"a=rtcp-fb:{type} nack pli");
        if (section.Rids.Length == 0) return;
        Write(offer, $"a=extmap:{RidExtension} urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id");
        foreach (string rid in section.Rids) Write(offer, $"a=rid:{rid} send");
        Write(offer, $"a=simulcast:send {string.Join(';', section.Rids)}");
    }

    private static void Write(StringBuilder offer, params ReadOnlySpan<string> lines)
    {
        foreach (string line in lines) offer.Append(line).Append("\r\n");
    }
}
