using Media;

namespace Egress.Tests.WebRtc;

/// <summary>What a browser offers that receives many streams.</summary>
internal static class ParticipantOfferText
{
    public const int Opus = 111;
    public const int Vp8 = 96;
    public const int Vp8Rtx = 97;
    public const int H264 = 108;
    public const int H264Rtx = 109;

    private static readonly string[] s_vp8 =
    [
        "a=rtpmap:96 VP8/90000", "a=rtcp-fb:96 transport-cc", "a=rtcp-fb:96 nack", "a=rtcp-fb:96 nack pli",
        "a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96",
    ];

    private static readonly string[] s_h264 =
    [
        "a=rtpmap:108 H264/90000", "a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
        "a=rtcp-fb:108 transport-cc", "a=rtcp-fb:108 nack", "a=rtcp-fb:108 nack pli",
        "a=rtpmap:109 rtx/90000", "a=fmtp:109 apt=108",
    ];

    public static string Make(IReadOnlyList<OfferedSection> sections, string ufrag, string password, string fingerprint, Codec[] video)
    {
        string bundle = string.Join(' ', sections.Select(section => section.Mid));
        var lines = new List<string> { "v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", $"a=group:BUNDLE {bundle}" };
        string formats = string.Join(' ', video.Select(codec => codec == Codec.Vp8 ? "96 97" : "108 109"));
        foreach (OfferedSection section in sections)
        {
            bool isVideo = section.Kind == "video";
            lines.Add($"m={section.Kind} 9 UDP/TLS/RTP/SAVPF {(isVideo ? formats : "111 0")}");
            lines.AddRange(["c=IN IP4 0.0.0.0", $"a=mid:{section.Mid}", section.Publication is null ? "a=inactive" : "a=recvonly"]);
            lines.AddRange(["a=rtcp-mux", "a=rtcp-rsize", "a=setup:actpass", $"a=ice-ufrag:{ufrag}", $"a=ice-pwd:{password}", $"a=fingerprint:{fingerprint}"]);
            lines.Add("a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01");
            lines.Add("a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid");
            if (!isVideo) lines.AddRange(["a=rtpmap:111 opus/48000/2", "a=fmtp:111 minptime=10;useinbandfec=1", "a=rtcp-fb:111 transport-cc", "a=rtpmap:0 PCMU/8000"]);
            else foreach (Codec codec in video) lines.AddRange(codec == Codec.Vp8 ? s_vp8 : s_h264);
        }

        return string.Join("\r\n", lines) + "\r\n";
    }
}
