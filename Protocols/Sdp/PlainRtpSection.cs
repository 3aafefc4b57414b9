using System.Collections.Immutable;
using System.Net;
using Media;

namespace Protocols.Sdp;

/// <summary>One section in which a sender of plain RTP (RFC 3551) or SRTP with keys in the SDP (RFC 4568) sends.</summary>
public sealed record PlainRtpSection
{
    /// <summary>Its place in the description.</summary>
    public required int Index { get; init; }

    /// <summary>What its packets mean.</summary>
    public required ReceivedSection Received { get; init; }

    /// <summary>RTCP comes, and is expected, on the port of the media (RFC 5761).</summary>
    public bool RtcpMux { get; init; }

    /// <summary>Where <c>a=rtcp</c> says that RTCP is expected (RFC 3605); null = not said.</summary>
    public RtcpDestination? Rtcp { get; init; }

    /// <summary>What the packets are protected with; null = nothing.</summary>
    public SdesKey? Key { get; init; }

    /// <summary>What we protect our RTCP with; null where nothing is protected.</summary>
    public SdesKey? OwnKey { get; init; }

    /// <summary>The line of <see cref="Key"/>, which ours answers.</summary>
    public int CryptoTag { get; init; }

    /// <summary>Raw NAL units of the sprop parameters, in the order in which a stream has them; empty = none.</summary>
    public ImmutableArray<ImmutableArray<byte>> ParameterSets { get; init; } = [];

    public MediaKind Kind => Received.Kind;
}

/// <param name="Address">Null = where the media comes from.</param>
public readonly record struct RtcpDestination(int Port, IPAddress? Address);
