using System.Text;

namespace TestKit.WebRtc;

/// <summary>Writes the offer of a client that only sends.</summary>
public static class WhipOffer
{
    public const int MidExtension = 4;
    public const int TransportCcExtension = 3;
    public const int OpusType = 111;
    public const int VideoType = 96;
    public const string AudioMid = "0";
    public const string VideoMid = "1";

    /// <param name="video">The rtpmap name, such as VP8; null = sound only.</param>
    public static string Create(WebRtcTestPeer peer, string? video = "VP8", bool audio = true)
    {
        ArgumentNullException.ThrowIfNull(peer);
        var lines = new List<string> { "v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0" };
        string[] mids = [.. new[] { audio ? AudioMid : null, video is null ? null : VideoMid }.OfType<string>()];
        lines.Add($"a=group:BUNDLE {string.Join(' ', mids)}");
        if (audio) AddSection(lines, peer, "audio", AudioMid, [(OpusType, "opus/48000/2", "minptime=10;useinbandfec=1")]);
        if (video is not null)
        {
            string parameters = video == "H264" ? "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f" : "";
            AddSection(
                lines, peer, "video", VideoMid,
                [(VideoType, $"{video}/90000", parameters), (VideoType + 1, "rtx/90000", $"apt={VideoType}")]);
        }

        var offer = new StringBuilder();
        foreach (string line in lines) offer.Append(line).Append("\r\n");
        return offer.ToString();
    }

    private static void AddSection(
        List<string> lines, WebRtcTestPeer peer, string kind, string mid, (int Type, string Map, string Parameters)[] formats)
    {
        lines.Add($"m={kind} 9 UDP/TLS/RTP/SAVPF {string.Join(' ', formats.Select(format => format.Type))}");
        lines.AddRange(["c=IN IP4 0.0.0.0", $"a=mid:{mid}", "a=sendonly", "a=rtcp-mux", "a=rtcp-rsize", "a=setup:actpass"]);
        lines.AddRange([$"a=ice-ufrag:{peer.UsernameFragment}", $"a=ice-pwd:{peer.Password}", $"a=fingerprint:{peer.Fingerprint}"]);
        lines.Add($"a=extmap:{TransportCcExtension} http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01");
        lines.Add($"a=extmap:{MidExtension} urn:ietf:params:rtp-hdrext:sdes:mid");
        lines.Add($"a=msid:stream {kind}");
        foreach ((int type, string map, string parameters) in formats)
        {
            lines.Add($"a=rtpmap:{type} {map}");
            if (parameters.Length > 0) lines.Add($"a=fmtp:{type} {parameters}");
            if (map.StartsWith("rtx", StringComparison.Ordinal)) continue;
            lines.Add($"a=rtcp-fb:{type} transport-cc");
            if (kind == "video") lines.AddRange([$"a=rtcp-fb:{type} nack", $"a=rtcp-fb:{type} nack pli", $"a=rtcp-fb:{type} ccm fir"]);
        }
    }
}
