namespace Bench.Shared;

/// <summary>The offer of a viewer that only receives, with the lines of Chromium's that matter to a server.</summary>
internal static class ViewerOffer
{
    public const int H264 = 102;
    public const int H264Rtx = 103;
    public const int Opus = 111;

    /// <summary>Of the transport-wide sequence number.</summary>
    public const byte TransportCcExtension = 3;

    public static string Text(string fragment, string password, string fingerprint, bool audio = true, bool video = true)
    {
        string mids = string.Join(' ', new[] { audio ? "0" : null, video ? "1" : null }.OfType<string>());
        string text = $"""
            v=0
            o=- 1 2 IN IP4 127.0.0.1
            s=-
            t=0 0
            a=group:BUNDLE {mids}
            a=extmap-allow-mixed
            a=msid-semantic: WMS

            """;
        if (audio) text += Audio(Transport(fragment, password, fingerprint));
        if (video) text += Video(Transport(fragment, password, fingerprint));
        return text.ReplaceLineEndings("\r\n");
    }

    private static string Audio(string transport) => $"""
        m=audio 9 UDP/TLS/RTP/SAVPF {Opus}
        c=IN IP4 0.0.0.0
        {transport}
        a=mid:0
        a=extmap:{TransportCcExtension} http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
        a=recvonly
        a=rtcp-mux
        a=rtcp-rsize
        a=rtpmap:{Opus} opus/48000/2
        a=rtcp-fb:{Opus} transport-cc
        a=fmtp:{Opus} minptime=10;useinbandfec=1

        """;

    private static string Video(string transport) => $"""
        m=video 9 UDP/TLS/RTP/SAVPF {H264} {H264Rtx}
        c=IN IP4 0.0.0.0
        {transport}
        a=mid:1
        a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
        a=extmap:{TransportCcExtension} http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
        a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
        a=recvonly
        a=rtcp-mux
        a=rtcp-rsize
        a=rtpmap:{H264} H264/90000
        a=rtcp-fb:{H264} transport-cc
        a=rtcp-fb:{H264} ccm fir
        a=rtcp-fb:{H264} nack
        a=rtcp-fb:{H264} nack pli
        a=fmtp:{H264} level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
        a=rtpmap:{H264Rtx} rtx/90000
        a=fmtp:{H264Rtx} apt={H264}

        """;

    private static string Transport(string fragment, string password, string fingerprint) => $"""
        a=ice-ufrag:{fragment}
        a=ice-pwd:{password}
        a=ice-options:trickle
        a=fingerprint:{fingerprint}
        a=setup:actpass
        """;
}
