using Media.Buffers;
using Protocols.Dtls;
using Protocols.Ice;
using Protocols.Sdp;

namespace Protocols.WebRtc;

/// <summary>What signalling has agreed on for one session.</summary>
public sealed record WebRtcSessionOptions
{
    /// <summary>Our side's; the first character of the fragment names the loop.</summary>
    public required IceCredentials Credentials { get; init; }

    public required DtlsContext Dtls { get; init; }

    /// <summary>Server where our answer says a=setup:passive, as it should.</summary>
    public DtlsRole DtlsRole { get; init; }

    /// <summary>From the peer's SDP.</summary>
    public required Fingerprint PeerFingerprint { get; init; }

    /// <summary>Where handshakes are computed; null = on the session's loop.</summary>
    public DtlsOffload? Offload { get; init; }

    /// <summary>How many failed checks are answered, of all sessions of the loop together; null = of this one alone.</summary>
    public RefusalLimit? Refusals { get; init; }

    /// <summary>Where received packets come from; null = the shared one.</summary>
    public BufferPool? Pool { get; init; }
}
