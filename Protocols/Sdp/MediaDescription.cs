using Protocols.Ice;

namespace Protocols.Sdp;

/// <summary>
/// One media section, data only (RFC 8866 §5.14). What a section does not say itself is null: ask the session then.
/// </summary>
public sealed class MediaDescription
{
    /// <summary>audio, video or application.</summary>
    public required string Kind { get; init; }

    /// <summary>0 = rejected, unless it is bundle-only.</summary>
    public int Port { get; set; }

    public string Protocol { get; set; } = "UDP/TLS/RTP/SAVPF";

    /// <summary>The format list as written: payload types for RTP.</summary>
    public List<string> Formats { get; } = [];

    public string? Mid { get; set; }

    /// <summary>The c= line after the equals sign (RFC 8866 §5.7).</summary>
    public string? Connection { get; set; }

    /// <summary>The value of <c>a=rtcp</c> (RFC 3605), as written.</summary>
    public string? Rtcp { get; set; }

    /// <summary>Keys of SDP security descriptions (RFC 4568).</summary>
    public List<SdpCrypto> Cryptos { get; } = [];

    public SdpDirection? Direction { get; set; }

    public string? IceUfrag { get; set; }

    public string? IcePassword { get; set; }

    public Fingerprint? Fingerprint { get; set; }

    public DtlsSetup? Setup { get; set; }

    public bool RtcpMux { get; set; }

    public bool RtcpReducedSize { get; set; }

    /// <summary>A receiver's reference times are sent and answered (RFC 3611 §5.1, <c>rcvr-rtt</c>).</summary>
    public bool ReceiverRoundTrip { get; set; }

    public bool BundleOnly { get; set; }

    public bool EndOfCandidates { get; set; }

    /// <summary>Stream and track id of <c>a=msid</c>, as written.</summary>
    public string? Msid { get; set; }

    /// <summary>The value of <c>a=simulcast</c>, as written.</summary>
    public string? Simulcast { get; set; }

    public List<SdpCodec> Codecs { get; } = [];

    public List<SdpHeaderExtension> Extensions { get; } = [];

    public List<SdpSource> Sources { get; } = [];

    public List<SdpSourceGroup> SourceGroups { get; } = [];

    public List<SdpRid> Rids { get; } = [];

    public List<IceCandidate> Candidates { get; } = [];

    /// <summary>Whether the section is offered or accepted at all.</summary>
    public bool IsActive => Port != 0 || BundleOnly;

    public SdpCodec? CodecOf(int payloadType)
    {
        foreach (SdpCodec codec in Codecs)
            if (codec.PayloadType == payloadType) return codec;
        return null;
    }
}
