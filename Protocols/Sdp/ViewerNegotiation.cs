using Protocols.Ice;

namespace Protocols.Sdp;

/// <summary>What a viewer and the gateway agreed on: all that a session needs, and the answer to hand out.</summary>
public sealed record ViewerNegotiation
{
    /// <summary>The viewer's own; a lite agent only needs them to tell a restart.</summary>
    public required IceCredentials RemoteCredentials { get; init; }

    /// <summary>The certificate that DTLS must show.</summary>
    public required Fingerprint RemoteFingerprint { get; init; }

    /// <summary>CNAME of both tracks' SDES.</summary>
    public required string Cname { get; init; }

    public NegotiatedTrack? Audio { get; init; }

    public NegotiatedTrack? Video { get; init; }

    /// <summary>Why a kind that both sides have is not sent, for instance for want of a common codec; null = it is sent or was not asked for.</summary>
    public string? VideoRefusal { get; init; }

    public string? AudioRefusal { get; init; }

    public required SessionDescription Answer { get; init; }
}
