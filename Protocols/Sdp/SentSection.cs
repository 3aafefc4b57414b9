using System.Collections.Immutable;
using Media;

namespace Protocols.Sdp;

/// <summary>
/// One section in which we send: all that is needed to make its packets. It stays as it is over new offers and answers,
/// so that what runs is not disturbed.
/// </summary>
public sealed record SentSection
{
    public required string Mid { get; init; }

    public required MediaKind Kind { get; init; }

    /// <summary>The stream that the section belongs to; sections of one stream are played in sync.</summary>
    public required string StreamId { get; init; }

    /// <summary>Names the track in its stream.</summary>
    public required string TrackId { get; init; }

    public required uint Ssrc { get; init; }

    /// <summary>0 where no format is retransmitted as RTX.</summary>
    public uint RtxSsrc { get; init; }

    public required HeaderExtensionIds Extensions { get; init; }

    /// <summary>As what packets may go out, one payload type for each codec; it may change at any time.</summary>
    public required ImmutableArray<SentFormat> Formats { get; init; }

    public bool ReducedSizeRtcp { get; init; }

    /// <summary>Stream and track id as <c>a=msid</c> has them (RFC 8830 §2).</summary>
    public string Msid => $"{StreamId} {TrackId}";
}

/// <summary>One payload type in which a section can be sent.</summary>
public sealed record SentFormat
{
    public required Codec Codec { get; init; }

    public required int PayloadType { get; init; }

    public required int ClockRate { get; init; }

    /// <summary>The payload type of retransmissions (RFC 4588); null = resend as the original.</summary>
    public int? RtxPayloadType { get; init; }

    /// <summary>The fmtp line of the answer.</summary>
    public string Parameters { get; init; } = "";

    /// <summary>The kinds of feedback that the peer may send.</summary>
    public required ImmutableArray<string> Feedback { get; init; }
}
